"""A card that is none of ours: libcacard's Common Access Card, an independent program, put into the virtual reader.

python -m tests.support.cac PORT FOLDER     until told to stop; its key database goes to FOLDER
"""

import ctypes
import subprocess
import sys
from pathlib import Path

from card_reader.simulator.card import VirtualCard
from card_reader.simulator.link import Link

LIBRARY = "libcacard.so.0"
CERTIFICATES = ("one", "two", "three")
LARGEST = 258


class CommonAccessCard(VirtualCard):
    """The library's card behind our link."""

    def __init__(self, folder: Path) -> None:
        self._library = library = ctypes.CDLL(LIBRARY)
        for function in ("vcard_emul_options", "vreader_get_reader_by_name"):
            getattr(library, function).restype = ctypes.c_void_p
        with_certificates = ",".join(CERTIFICATES)
        options = library.vcard_emul_options(f'db="{folder}" use_hw=no soft=(,CAC,CAC,,{with_certificates})'.encode())
        assert library.vcard_emul_init(ctypes.c_void_p(options)) == 0, "libcacard does not start"
        reader = library.vreader_get_reader_by_name(b"CAC")
        assert reader, "libcacard has no reader"
        self._reader = ctypes.c_void_p(reader)
        super().__init__()

    def reset(self) -> None:
        super().reset()
        said, length = ctypes.create_string_buffer(LARGEST), ctypes.c_int(LARGEST)
        assert self._library.vreader_power_on(self._reader, said, ctypes.byref(length)) == 0
        self._answer_to_reset = said.raw[: length.value]

    @property
    def answer_to_reset(self) -> bytes:
        return self._answer_to_reset

    def transmit(self, command: bytes) -> bytes:
        said, length = ctypes.create_string_buffer(LARGEST), ctypes.c_int(LARGEST)
        failed = self._library.vreader_xfr_bytes(self._reader, command, len(command), said, ctypes.byref(length))
        return b"\x6f\x00" if failed else said.raw[: length.value]


def make_keys(folder: Path) -> None:
    """Three certificates in a key database of NSS, as libcacard wants them."""
    database = ("-d", f"sql:{folder}")
    run("certutil", "-N", *database, "--empty-password")
    noise = folder / "noise"
    noise.write_bytes(b"noise for a demo, where no secret depends on it")
    for number, name in enumerate(CERTIFICATES, 1):
        run(
            "certutil", "-S", *database, "-n", name, "-s", f"CN={name}", "-x", "-t", "CT,C,C", "-m", str(number), "-z", str(noise)
        )


def run(*command: str) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def main(port: str, folder: str) -> None:
    make_keys(Path(folder))
    link = Link(CommonAccessCard(Path(folder)), int(port))
    print("card in", flush=True)
    link.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
