"""Brings what programs need beside Python, by the system's packages; nothing when it is there.

    python -m tools.system card          what `make card` needs: PC/SC with a virtual reader, and what pyscard is built with
    python -m tools.system card tests    and what the tests need on top: a browser, PostgreSQL, tools to look into PDF, other card programs

Nothing of this is left running on the machine: no database cluster is made, no service started. Translations are compiled on the way:
the tests read Arabic.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from sysconfig import get_path

from tools import translations

SIMPLESAMLPHP = Path("/usr/share/simplesamlphp")
NEEDED: dict[str, dict[str, Callable[[], object]]] = {
    "card": {
        "pcscd": lambda: Path("/usr/sbin/pcscd").exists(),
        "vsmartcard-vpcd": lambda: Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so").exists(),
        "gcc": lambda: shutil.which("gcc"),
        "libpcsclite-dev": lambda: Path("/usr/include/PCSC/winscard.h").exists(),
        "python3-dev": lambda: (Path(get_path("include")) / "Python.h").exists(),
    },
    "tests": {
        "chromium": lambda: shutil.which("chromium"),
        "libatomic1": lambda: list(Path("/usr/lib").glob("*/libatomic.so.1")),  # playwright's driver wants it
        "postgresql": lambda: list(Path("/usr/lib/postgresql").glob("*/bin/postgres")),
        "poppler-utils": lambda: shutil.which("pdftoppm"),
        "opensc": lambda: shutil.which("pkcs11-tool"),
        "opensc-pkcs11": lambda: list(Path("/usr/lib").glob("*/opensc-pkcs11.so")),
        "yubico-piv-tool": lambda: shutil.which("yubico-piv-tool"),
        "libcacard0": lambda: list(Path("/usr/lib").glob("*/libcacard.so.0")),
        "libnss3-tools": lambda: shutil.which("certutil"),
        "xmlsec1": lambda: shutil.which("xmlsec1"),
        # A real identity provider. Run by PHP alone: the first two are there so that it does not bring Apache as a service.
        "micro-httpd": lambda: (SIMPLESAMLPHP / "www").exists(),
        "php-cgi": lambda: (SIMPLESAMLPHP / "www").exists(),
        "php-cli": lambda: shutil.which("php"),
        "php-xml": lambda: list(Path("/usr/lib/php").glob("*/dom.so")),
        "simplesamlphp": lambda: (SIMPLESAMLPHP / "www").exists(),
    },
}
APT = ("apt-get", "--yes", "--quiet", "--quiet", "--no-install-recommends", "install")
NO_SERVICES = Path("/usr/sbin/policy-rc.d")
NO_CLUSTER = Path("/etc/postgresql-common/createcluster.conf")


def main(*groups: str) -> int:
    translations.compile_all()
    missing = [package for group in groups for package, is_there in NEEDED[group].items() if not is_there()]
    if not missing:
        return 0
    rights = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if not shutil.which("apt-get") or not can(rights):
        say(
            "هذا يحتاج إلى حزم من النظام لا يمكن تثبيتها هنا دون صلاحيات. ثبّتها بهذا الأمر ثم أعد المحاولة:",
            "This needs system packages, and installing them needs rights. Install them so, then try again:",
            f"  sudo apt-get install --no-install-recommends {' '.join(missing)}",
        )
        return 1
    say(f"جارٍ تثبيت حزم النظام · installing system packages: {' '.join(missing)}")
    if rights:  # again as root, where files outside this folder can be written
        return subprocess.run([*rights, sys.executable, "-m", "tools.system", *groups]).returncode
    return install(missing)


def can(rights: list[str]) -> bool:
    return not rights or (
        shutil.which("sudo") is not None and subprocess.run([*rights, "true"], capture_output=True).returncode == 0
    )


def install(packages: list[str]) -> int:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "UCF_FORCE_CONFFOLD": "1"}
    with ExitStack() as stack:
        stack.enter_context(a_file(NO_SERVICES, "#!/bin/sh\nexit 101\n", 0o755))
        if not NO_CLUSTER.exists():
            NO_CLUSTER.parent.mkdir(parents=True, exist_ok=True)
            NO_CLUSTER.write_text("create_main_cluster = false\n")
        for command in (("apt-get", "--quiet", "--quiet", "update"), (*APT, *packages)):
            done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            if done.returncode:
                say(done.stdout, f"apt-get failed: {' '.join(command)}")
                return done.returncode
    return 0


def a_file(path: Path, text: str, mode: int) -> AbstractContextManager[object]:
    """The file for as long as the installation takes, unless the machine has one of its own."""
    stack = ExitStack()
    if not path.exists():
        path.write_text(text)
        path.chmod(mode)
        stack.callback(path.unlink)
    return stack


def say(*lines: str) -> None:
    print(*lines, sep="\n", flush=True)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
