"""What the services of births and deaths share: how such an event is asked for, and how its certificate is set."""

from collections.abc import Callable, Iterable, Iterator

from blueprints.residency.both_languages import Asked, asking
from blueprints.residency.registers import SEXES
from engine.assurance import Assurance
from engine.fields import Choice, Text
from engine.registers import Record
from engine.service import Case, Certificate, Refusal, Rows
from engine.wording import Text as Wording
from engine.wording import Words, _

PROVEN = Assurance.SUBSTANTIAL
IDENTITY = _("Your ID card's number, with Mobile ID switched on for your phone")
NOBODY = _("Nobody is entered in civil status under your number. The civil status desk can tell you why.")
KEPT = "certificate"
"""The record of the event: chosen, or made by the service. Its papers replace each other."""
UNKNOWN: Words = {"ar": "", "en": ""}
OMANI: dict[str, Words] = {"male": {"ar": "عماني", "en": "Omani"}, "female": {"ar": "عمانية", "en": "Omani"}}


def sex(asked: Asked = None) -> Choice:
    return Choice("sex", _("Sex"), options=tuple(SEXES.items()), asked=asked)


def nationality(asked: Asked = None) -> tuple[Text, Text]:
    """Begins as an Omani's, in the form that Arabic has for this person."""
    return asking(
        "nationality",
        _("Nationality, in Arabic"),
        _("Nationality, in English"),
        starts_as=lambda case: OMANI.get(case.get("sex") or "", UNKNOWN),
        asked=asked,
    )


def not_to_come(case: Case, name: str) -> Iterator[Refusal]:
    """It has happened."""
    if (case.get(name) or "") > case.today.isoformat():
        yield Refusal(_("This day is still to come. Choose today or an earlier day."), field=name)


def certificate(
    template: str,
    title: Wording,
    opening: Wording,
    statement: Wording,
    printed: Iterable[str],
    *,
    of: Callable[[Case], Record] = lambda case: case.record(KEPT),
    duplicate: bool = False,
    again: bool = False,
) -> Certificate:
    """The certificate of an event: who it is about, its number, and the columns of its record that are `printed`."""

    def named(case: Case) -> Words:
        return of(case).title

    def rows(case: Case) -> Rows:
        event = of(case)
        yield event.register.number, event.number
        for column in map(event.register.column, printed):
            if event.data.get(column.name):
                yield column.label, column.shown(event.data[column.name])
        yield _("Date of issue"), case.issued

    says = {"opening": opening, "statement": statement}
    return Certificate(template, title=title, named=named, rows=rows, says=says, duplicate=duplicate, again=again)
