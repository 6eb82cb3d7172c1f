"""The prices of a service that asks the same of everybody."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

from engine.service import Fee, Sample
from engine.wording import _


def anything(day: dt.date) -> Iterator[Sample]:
    yield Sample(_("Whatever is asked"))


def flat(code: str, samples: Callable[[dt.date], Iterator[Sample]] = anything) -> dict[str, Any]:
    """Its `fees`, `fee_codes` and `samples`."""
    return {"fees": lambda case: (Fee(code),), "fee_codes": (code,), "samples": samples}
