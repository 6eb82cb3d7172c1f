"""What people type at the checkout: cleaned, checked, and answered with the key of a sentence for every field that is wrong."""

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping

from sandbox.bank.cards import BRANDS, BY_NUMBER, Card

BILLING = (
    "bill_to_forename",
    "bill_to_surname",
    "bill_to_address_line1",
    "bill_to_address_city",
    "bill_to_address_country",
    "bill_to_phone",
    "bill_to_email",
)
YEARS_AHEAD = 10
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"\+?\d{6,15}", re.ASCII)
_CVN = re.compile(r"\d{3,4}", re.ASCII)


def billing_of(form: Mapping[str, str]) -> dict[str, str]:
    typed = {name: " ".join(form.get(name, "").split())[:255] for name in BILLING}
    typed["bill_to_phone"] = re.sub(r"[\s()-]", "", _folded(typed["bill_to_phone"]))
    return typed


def billing_errors(typed: Mapping[str, str]) -> dict[str, str]:
    errors = {name: f"{name}_missing" for name in BILLING if not typed[name]}
    if typed["bill_to_phone"] and not _PHONE.fullmatch(typed["bill_to_phone"]):
        errors["bill_to_phone"] = "bill_to_phone_wrong"
    if typed["bill_to_email"] and not _EMAIL.fullmatch(typed["bill_to_email"]):
        errors["bill_to_email"] = "bill_to_email_wrong"
    return errors


def card_of(form: Mapping[str, str]) -> tuple[Card | None, str, dict[str, str]]:
    """The test card, its expiry `MM-YYYY`, and what is wrong. Number and CVN go no further than this function."""
    number = re.sub(r"[\s-]", "", _folded(form.get("card_number", "")))
    month, year = form.get("card_expiry_month", ""), form.get("card_expiry_year", "")
    card, errors = BY_NUMBER.get(number), {}
    if form.get("card_type") not in BRANDS:
        errors["card_type"] = "card_type_missing"
    if card is None:
        errors["card_number"] = "card_number_unknown" if luhn(number) else "card_number_wrong"
    elif not errors and card.brand != form.get("card_type"):
        errors["card_number"] = "card_number_other_brand"
    if not _CVN.fullmatch(_folded(form.get("card_cvn", "")).strip()):
        errors["card_cvn"] = "card_cvn_wrong"
    if not _still_valid(month, year):
        errors["card_expiry_month"] = "card_expiry_wrong"
    return card, f"{month}-{year}", errors


def luhn(number: str) -> bool:
    digits = [int(digit) for digit in reversed(number) if digit.isascii() and digit.isdigit()]
    doubled = sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return len(digits) == len(number) >= 12 and (sum(digits[::2]) + doubled) % 10 == 0


def expiry_years() -> range:
    this_year = dt.datetime.now(dt.UTC).year
    return range(this_year, this_year + YEARS_AHEAD + 1)


def _still_valid(month: str, year: str) -> bool:
    now = dt.datetime.now(dt.UTC)
    if month not in {f"{number:02}" for number in range(1, 13)} or year not in {str(number) for number in expiry_years()}:
        return False
    return (int(year), int(month)) >= (now.year, now.month)


def _folded(text: str) -> str:
    """Digits of any script as 0-9."""
    return "".join(str(unicodedata.decimal(character)) if character.isdecimal() else character for character in text)
