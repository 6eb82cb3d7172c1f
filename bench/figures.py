"""A figure as it is printed: `name value unit`, one a row, nothing else on it."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

TICKS = 100  # of the processor's time per second, as /proc counts it


class Figure(NamedTuple):
    name: str
    value: float
    unit: str

    def __str__(self) -> str:
        return f"{self.name} {self.value:.4g} {self.unit}" if self.value < 1000 else f"{self.name} {self.value:.0f} {self.unit}"


def show(figures: Iterable[Figure]) -> Iterator[Figure]:
    """Print each as soon as it is known."""
    for figure in figures:
        print(figure, flush=True)
        yield figure


def processor(*pids: int) -> float:
    """Seconds of processor time these processes have used: what other programs on the machine do not disturb."""
    return sum(_ticks(pid) for pid in pids) / TICKS


def _ticks(pid: int) -> int:
    with suppress(FileNotFoundError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])
    return 0


def memory(pid: int) -> float:
    """Resident MB."""
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024
