"""How long work takes, for tests of what nobody may learn from it."""

import time
from collections.abc import Callable
from statistics import median

from engine.errors import Refusal


def timed(work: Callable[[int], object], times: int = 9) -> float:
    def once(number: int) -> float:
        start = time.process_time()
        try:
            work(number)
        except Refusal:
            pass
        return time.process_time() - start

    return median(once(number) for number in range(times))
