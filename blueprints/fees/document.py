"""docs/fees.md, written from the first schedule: every fee with how much it is, who asks for it, and where the amount comes from.

Nothing in that page is written by hand.
"""

from collections.abc import Iterable, Iterator

from engine.catalogue import catalogue
from engine.fees import Rule
from operations.rendering import shown, translate

HEADINGS = ("code", "fee", "how much", "asked by", "standing", "source")
UNSET = "not set"


def page(rules: Iterable[Rule]) -> str:
    """`rules`: the schedule, in the order in which it is written."""
    return "\n".join(_lines(list(rules))) + "\n"


def _lines(rules: list[Rule]) -> Iterator[str]:
    yield "# The fees"
    yield ""
    yield "Written by `flask fees document` from `migrations/fees.csv`; a test compares them. Production charges what is confirmed, and opens"
    yield "no service of which a fee is unset or unconfirmed; it says which."
    for authority in catalogue.authorities.values():
        yield ""
        yield f"## {translate(authority.title, 'en')} · {translate(authority.title, 'ar')}"
        yield ""
        yield f"| {' | '.join(HEADINGS)} |"
        yield f"|{'---|' * len(HEADINGS)}"
        for rule in rules:
            if rule.code.partition(".")[0] == authority.code:
                yield f"| {' | '.join(cell.replace('|', '/') for cell in _cells(rule))} |"


def _cells(rule: Rule) -> Iterator[str]:
    yield f"`{rule.code}`" + (f" {rule.variant}" if rule.variant else "")
    yield f"{rule.label['en']} · {rule.label['ar']}"
    yield UNSET if rule.price is None else str(shown(rule.price, "en")).replace("\xa0", " ")
    asked = [f"`{service.code.partition('.')[2]}`" for service in catalogue.services.values() if rule.code in service.fee_codes]
    yield ", ".join(asked) or "–"
    yield "confirmed" if rule.confirmed else "unconfirmed"
    yield rule.source
