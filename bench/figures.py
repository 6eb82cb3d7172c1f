"""A figure as it is printed: `name value unit`, one a row, nothing else on it."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple


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
    """Seconds of processor time that all threads of these processes have used: what other programs on the machine hardly disturb."""
    return sum(_nanoseconds(pid) for pid in pids) / 1e9


def _nanoseconds(pid: int) -> int:
    return sum(int((thread / "schedstat").read_text().split()[0]) for thread in Path(f"/proc/{pid}/task").iterdir())


def memory(pid: int) -> float:
    """Resident MB."""
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024
