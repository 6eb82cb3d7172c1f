"""What the services of birth certificates share: the questions about a birth, its record, and its paper.

The numbers of the parents are kept and not printed *[ours]*: anybody with the code of the paper reads what stands on it.
"""

from collections.abc import Callable, Iterator
from typing import Any

from blueprints.residency import events
from blueprints.residency.both_languages import Asked, asking, said
from blueprints.residency.registers import births
from engine.fields import CivilNumber, Day
from engine.registers import Record
from engine.service import Case, Certificate, Refusal, Step
from engine.wording import _

PRINTED = ("civil", "sex", "born", "birthplace", "nationality", "father_name", "mother_name")
NOTICE = _("The birth notice of the hospital: PDF, JPEG or PNG")
IF_ANY = _("Leave it empty if there is none.")


def steps(asked: Asked = None, *papers: Any) -> tuple[Step, ...]:
    """Who was born, when and where (with what shows it), and of whom; `asked` as of a field."""
    return (
        Step(
            "child",
            _("Who was born?"),
            *asking("name", _("Full name, in Arabic"), _("Full name, in English"), asked=asked),
            events.sex(asked),
            assurance=events.PROVEN,
        ),
        Step(
            "birth",
            _("When and where?"),
            Day("born", _("Born on"), asked=asked),
            *asking(
                "birthplace",
                _("Born in, in Arabic"),
                _("Born in, in English"),
                hint=_("The hospital and its town, as the notice has them."),
                asked=asked,
            ),
            *events.nationality(asked),
            *papers,
            assurance=events.PROVEN,
            refusals=lambda case: events.not_to_come(case, "born"),
        ),
        Step(
            "parents",
            _("Who are the parents?"),
            CivilNumber("father", _("Father's civil number"), IF_ANY, required=False, asked=asked),
            *asking("father_name", _("Father's name, in Arabic"), _("Father's name, in English"), asked=asked),
            CivilNumber("mother", _("Mother's civil number"), IF_ANY, required=False, asked=asked),
            *asking("mother_name", _("Mother's name, in Arabic"), _("Mother's name, in English"), asked=asked),
            assurance=events.PROVEN,
            refusals=two_people,
        ),
    )


def two_people(case: Case) -> Iterator[Refusal]:
    if case.get("father") and case.get("father") == case.get("mother"):
        yield Refusal(_("Father and mother have the same number here. Compare both with their cards."), field="mother")


def data(case: Case) -> dict[str, Any]:
    """What was answered, as the register keeps it. A newborn has no civil number yet."""
    words = {name: said(case, name) for name in ("name", "birthplace", "nationality", "father_name", "mother_name")}
    numbers = {"civil": "", "father": case.get("father") or "", "mother": case.get("mother") or ""}
    return {**words, **numbers, "sex": case["sex"], "born": case["born"]}


def certificate(of: Callable[[Case], Record] = lambda case: case.record(events.KEPT), duplicate: bool = False) -> Certificate:
    return events.certificate(
        "birth_certificate.html",
        _("Birth certificate"),
        _("This birth is entered in the register of births. The child's name:"),
        _("As it stands in the register on the day of issue. Scan the code to see whether it is genuine."),
        PRINTED,
        of=of,
        duplicate=duplicate,
    )


def as_told(case: Case) -> Record:
    """The birth as it was told and a clerk has found it, under the number that the clerk read there."""
    return births.record(case.reply, data(case))
