"""Money in whole baisa: 1 Omani rial is 1000 baisa, and no float ever touches an amount."""

import re
from dataclasses import dataclass
from typing import Self

from engine import digits

BAISA = 1000
CURRENCY = "OMR"
_MARKS = re.compile("[\u061c\u200e\u200f\u2066-\u2069\u00a0\\s]")
_AMOUNT = re.compile(r"([-\u2212]?)(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{1,3}))?")


@dataclass(frozen=True, order=True, slots=True)
class Money:
    """An amount of Omani rials, held as whole baisa; may be negative."""

    baisa: int = 0

    @classmethod
    def rials(cls, rials: int) -> Self:
        return cls(rials * BAISA)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what `format` or `plain` wrote, or what a person typed: "25", "25.5", "OMR 1,250.000", "٢٥٫٥٠٠ ر.ع.".

        Raises ValueError for anything else, more than three decimals included.
        """
        bare = _MARKS.sub("", digits.fold(text)).replace("٬", ",").replace("٫", ".")
        bare = bare.removeprefix(CURRENCY).removesuffix("ر.ع.")
        match = _AMOUNT.fullmatch(bare)
        if match is None:
            raise ValueError(f"not an amount: {text!r}")
        sign, whole, decimals = match.groups()
        amount = int(whole.replace(",", "")) * BAISA + int((decimals or "").ljust(3, "0"))
        return cls(-amount if sign else amount)

    def plain(self) -> str:
        """As gateways and files want it: "1250.000"."""
        rials, baisa = divmod(abs(self.baisa), BAISA)
        return f"{'-' if self.baisa < 0 else ''}{rials}.{baisa:03}"

    def format(self, locale: str) -> str:
        """As a person reads it: "OMR 1,250.000" in English, "١٬٢٥٠٫٠٠٠ ر.ع." in Arabic."""
        rials, baisa = divmod(abs(self.baisa), BAISA)
        sign = "-" if self.baisa < 0 else ""
        if locale == "ar":
            figure = digits.arabic(f"{rials:,}.{baisa:03}").replace(",", "٬").replace(".", "٫")
            return f"{sign}{figure}\u00a0ر.ع.\u200f"
        return f"{CURRENCY}\u00a0{sign}{rials:,}.{baisa:03}"

    def share(self, part: int, whole: int) -> Self:
        """part/whole of the amount, the half baisa rounded away from zero."""
        size, negative = abs(self.baisa) * part, self.baisa < 0
        rounded = (2 * size + whole) // (2 * whole)
        return type(self)(-rounded if negative else rounded)

    def __add__(self, other: "Money") -> Self:
        return type(self)(self.baisa + other.baisa)

    def __radd__(self, other: int) -> Self:
        """`sum()` starts from 0."""
        return type(self)(self.baisa + other)

    def __sub__(self, other: "Money") -> Self:
        return type(self)(self.baisa - other.baisa)

    def __mul__(self, quantity: int) -> Self:
        return type(self)(self.baisa * quantity)

    def __neg__(self) -> Self:
        return type(self)(-self.baisa)

    def __bool__(self) -> bool:
        return self.baisa != 0
