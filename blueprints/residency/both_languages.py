"""Names as both languages write them: asked in two fields, printed side by side on papers, kept as one."""

from collections.abc import Callable
from typing import Any

from engine.fields import Text
from engine.service import Case
from engine.wording import Text as Wording
from engine.wording import Words

LONGEST = 80
Asked = Callable[[Any], bool] | None


def asking(
    name: str,
    arabic: Wording,
    english: Wording,
    *,
    hint: Wording | None = None,
    starts_as: Callable[[Case], Words] | None = None,
    asked: Asked = None,
) -> tuple[Text, Text]:
    """Its two fields, `<name>_ar` and `<name>_en`; the hint stands with the first."""
    return (
        Text(
            f"{name}_ar", arabic, hint, longest=LONGEST, starts_as=starts_as and (lambda case: starts_as(case)["ar"]), asked=asked
        ),
        Text(f"{name}_en", english, longest=LONGEST, starts_as=starts_as and (lambda case: starts_as(case)["en"]), asked=asked),
    )


def said(case: Case, name: str) -> Words:
    """What was answered to them."""
    return {"ar": case[f"{name}_ar"], "en": case[f"{name}_en"]}
