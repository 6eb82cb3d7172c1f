"""The customers, from a CSV file."""

import csv
import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

COUNTRY_CODE = "968"


class Behaviour(StrEnum):
    """What happens when the telecom rings this phone."""

    ANSWERS = "answers"
    NOT_A_CLIENT = "not-a-client"
    ABSENT = "absent"
    DELIVERY_ERROR = "delivery-error"
    SIM_ERROR = "sim-error"
    HASH_MISMATCH = "hash-mismatch"
    SIGNS_SOMETHING_ELSE = "signs-something-else"


@dataclass(frozen=True)
class Customer:
    """A person with a phone; `names` by language."""

    civil_number: str
    phone: str
    names: dict[str, str]
    pin: str
    behaviour: Behaviour


def customers_in(file: Path) -> dict[str, Customer]:
    """The customers by their phone number."""
    with file.open(encoding="utf-8-sig", newline="") as stream:
        return {row["phone"]: _customer(row) for row in csv.DictReader(stream)}


def normal(phone: str) -> str:
    """A number as people write it in an address (99416689, 968 9941 6689) in the form of the file: +96899416689."""
    digits = re.sub(r"[^0-9]", "", phone)
    return f"+{digits}" if digits.startswith(COUNTRY_CODE) and len(digits) > 8 else f"+{COUNTRY_CODE}{digits}"


def _customer(row: dict[str, str]) -> Customer:
    names = {"ar": row["name_ar"], "en": row["name_en"]}
    return Customer(row["civil_number"], row["phone"], names, row["pin"], Behaviour(row["behaviour"]))
