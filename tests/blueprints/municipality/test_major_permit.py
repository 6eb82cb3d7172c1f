"""Major building permit: two stages, a fee by area after approval with a deposit beside it, and a record made of the answers."""

import datetime as dt

from blueprints.municipality import authority
from blueprints.municipality.major_permit import effects, fees, service
from engine.assurance import Assurance
from engine.fees import Fee, Line, Quote
from engine.money import Money
from engine.service import Case, Charge, Creation, Decision

DAY = dt.date(2026, 11, 22)
ANSWERS = {"plot": "412", "use": "villa", "floors": 2, "area": 480, "engineer": "7015512"}
PRICE = Quote(
    (
        Line({"ar": "", "en": ""}, "municipality.major-permit", 1, 480, Money.rials(70)),
        Line({"ar": "", "en": ""}, "municipality.building-deposit", 2, 1, Money.rials(300), deposit=True),
    ),
    DAY,
)
ALI = {"ar": "علي", "en": "Ali"}


def asked() -> Case:
    return Case(ANSWERS, {}, DAY, issued=DAY, applicant=ALI, holder="1526575", price=PRICE)


def test_engineering_then_the_head_decide_and_the_person_is_proven():
    assert (service.decision, service.charge, service.assurance) == (Decision.CLERK, Charge.ON_APPROVAL, Assurance.SUBSTANTIAL)
    assert service.desks == ("municipality.engineering", "municipality.head")
    assert {stage.section for stage in service.stages} <= set(authority.sections)


def test_the_fee_counts_the_area_and_the_deposit_is_a_line_of_its_own():
    assert list(fees(asked())) == [
        Fee("municipality.major-permit", quantity=480),
        Fee("municipality.building-deposit", deposit=True),
    ]


def test_the_record_is_the_applicants_with_the_deposit_they_paid():
    (made,) = effects(asked())
    assert isinstance(made, Creation) and made.name == service.subject
    assert (made.data["holder"], made.data["name"], made.data["deposit"]) == ("1526575", ALI, 300_000)
    assert (made.data["state"], made.data["deposit_state"], made.data["area"]) == ("granted", "held", "480")
    assert set(made.data) == {column.name for column in made.register.columns}


def test_drawings_and_soil_report_are_pdf_files_and_needed():
    for name in ("drawings", "soil"):
        field = service.field(name)
        assert field and field.required and field.types == ("application/pdf",)  # type: ignore[attr-defined]


def test_the_permit_names_plot_use_size_engineer_and_deposit():
    (made,) = effects(asked())
    permit = made.register.record("202600001", made.data)
    case = Case(ANSWERS, {"permit": permit}, DAY, issued=DAY, applicant=ALI)
    (paper,) = service.issued(case)
    assert paper.named(case) == ALI
    assert {"202600001", "412", "480", "7015512", Money.rials(300), DAY} <= {
        value for _label, value in paper.rows(case) if not isinstance(value, dict)
    }
