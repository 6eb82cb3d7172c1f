"""Amounts as the wire writes them and as people read them: Omani rials with three decimals."""

import re
from decimal import ROUND_DOWN, Decimal

_WIRE = re.compile(r"\d{1,12}(\.\d{1,3})?", re.ASCII)
_BAISA = Decimal("0.001")
_FIGURES = str.maketrans("0123456789.,", "٠١٢٣٤٥٦٧٨٩٫٬")


def read(text: str) -> Decimal | None:
    """The amount, or None where it is not one above zero."""
    amount = Decimal(text) if _WIRE.fullmatch(text) else Decimal(0)
    return amount if amount > 0 else None


def plain(amount: Decimal) -> str:
    return str(amount.quantize(_BAISA, ROUND_DOWN))


def shown(text: str, locale: str) -> str:
    figure = f"{Decimal(text):,.3f}"
    return f"{figure.translate(_FIGURES)} ر.ع." if locale == "ar" else f"{figure} OMR"
