"""The fee schedule in the tables: what is read from it, what an import may change, what counts as unset."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from peewee import Database

from engine.catalogue import catalogue
from engine.errors import Refusal
from engine.fees import Fee, Kind, Unset
from engine.fields import Amount
from engine.money import Money
from engine.service import Authority, Case, Charge, Decision, Service, Step
from engine.wording import _
from models import FeeRule
from operations import fees
from operations.outside import outside

HEADINGS = "code,variant,label_en,label_ar,kind,amount,rate,threshold,of,from,source,confirmed"
DAY = dt.date(2026, 11, 22)
LEASE = Service(
    code="test.lease",
    title=_("Grade"),
    summary=_("Grade"),
    takes=_("Grade"),
    steps=(Step("rent", _("Grade"), Amount("rent", _("Grade"))),),
    charge=Charge.ON_APPROVAL,
    decision=Decision.CLERK,
    fee_codes=("lease", "stamp"),
    fees=lambda case: (Fee("lease", base=Money(case["rent"])), Fee("stamp")),
)
RULES = ("lease,,Lease,إيجار,share,,30,,,2018-01-01,a law,yes", "stamp,,Stamp,طابع,flat,0.500,,,,2018-01-01,a decree,no")


@pytest.fixture(autouse=True)
def one_service(database: Database) -> Iterator[None]:
    catalogue.fill([Authority(code="test", title=_("Grade"), summary=_("Grade"), services=(LEASE,))])
    yield
    outside.demo_fees = True
    catalogue.fill([])


@pytest.fixture
def bring(tmp_path: Path):
    def bring(*rows: str, headings: str = HEADINGS) -> tuple[int, int]:
        file = tmp_path / "fees.csv"
        file.write_text("\n".join((headings, *rows)) + "\n", encoding="utf-8")
        return fees.import_schedule(file)

    return bring


def a_case(rent: int = 3_600_000, today: dt.date = DAY) -> Case:
    return Case({"rent": rent}, {}, today)


def test_a_service_is_priced_by_the_tables(bring):
    assert bring(*RULES) == (2, 0)
    quote = fees.quote(LEASE, a_case())
    assert [(line.label, line.amount) for line in quote.lines] == [
        ({"en": "Lease", "ar": "إيجار"}, Money(108_000)),
        ({"en": "Stamp", "ar": "طابع"}, Money(500)),
    ]
    assert {line.rule for line in quote.lines} == {row.id for row in FeeRule.select()}


def test_every_column_comes_back_as_it_was_written(bring):
    bring("lease,villa,Lease,إيجار,multiple,,3000,7,late,2018-01-01,a law,yes,1.000,50", headings=f"{HEADINGS},least,most")
    (rule,) = fees.schedule().rules
    assert (rule.code, rule.variant, rule.kind, rule.amount, rule.rate, rule.threshold, rule.of) == (
        "lease", "villa", Kind.MULTIPLE, None, 3000, 7, "late",
    )  # fmt: skip
    assert (rule.least, rule.most, rule.effective_from, rule.effective_to) == (
        Money(1_000),
        Money(50_000),
        dt.date(2018, 1, 1),
        None,
    )
    assert (rule.source, rule.confirmed) == ("a law", True)


def test_a_new_version_is_a_new_row_and_the_old_price_stays_for_its_days(bring):
    bring(*RULES)
    assert bring("stamp,,Stamp,طابع,flat,2,,,,2026-01-01,a new decree,yes") == (1, 0)
    for today, amount in ((dt.date(2025, 12, 31), 500), (dt.date(2026, 1, 1), 2_000)):
        assert fees.quote(LEASE, a_case(today=today)).lines[1].amount == Money(amount)
    assert FeeRule.select().where(FeeRule.code == "stamp").count() == 2


def test_another_amount_for_a_day_that_is_set_changes_nothing(bring):
    bring(*RULES)
    assert bring(RULES[1].replace("0.500", "9")) == (0, 1)
    assert fees.quote(LEASE, a_case()).lines[1].amount == Money(500)


def test_variants_and_tiers_are_versions_of_their_own(bring):
    assert bring(
        "late,,Late,تأخير,tier,1,,1,,2018-01-01,x,yes",
        "late,,Late,تأخير,tier,5,,30,,2018-01-01,x,yes",
        "late,company,Late,تأخير,tier,9,,1,,2018-01-01,x,yes",
        "late,,Late,تأخير,tier,6,,30,,2020-01-01,x,yes",
    ) == (4, 0)
    standing = {(rule.variant, rule.threshold): rule.amount for rule in fees.schedule().variants("late", DAY)}
    assert standing == {("", 1): Money(1_000), ("", 30): Money(6_000), ("company", 1): Money(9_000)}


def test_a_bad_row_takes_the_whole_file_back(bring):
    bring(*RULES)
    with pytest.raises(ValueError, match="line 3"):
        bring("stamp,,Stamp,طابع,flat,2,,,,2026-01-01,a new decree,yes", "stamp,,Stamp,طابع,flat,two,,,,2027-01-01,x,yes")
    assert fees.quote(LEASE, a_case()).lines[1].amount == Money(500)
    assert not FeeRule.select().where(FeeRule.effective_to.is_null(False)).exists()


def test_an_unconfirmed_fee_is_charged_where_that_is_allowed_only(bring):
    bring(*RULES)
    fees.check_open(LEASE)
    outside.demo_fees = False
    with pytest.raises(Unset, match="stamp"):
        fees.quote(LEASE, a_case())
    with pytest.raises(Refusal, match=r"not open yet.*stamp"):
        fees.check_open(LEASE)
    FeeRule.update(confirmed=True).execute()
    fees.check_open(LEASE)
    assert fees.quote(LEASE, a_case()).total == Money(108_500)


def test_an_unconfirmed_share_is_not_charged_either(bring):
    bring(RULES[0].replace(",yes", ",no"), RULES[1].replace(",no", ",yes"))
    outside.demo_fees = False
    with pytest.raises(Unset, match="lease"):
        fees.quote(LEASE, a_case())


def test_what_is_unset_is_named_with_its_service(bring):
    assert fees.unset() == ["test.lease: lease", "test.lease: stamp"]
    bring(*RULES)
    assert fees.unset() == ["test.lease: stamp"]
    FeeRule.update(confirmed=True, amount=None).execute()
    assert fees.unset() == ["test.lease: stamp"]
    FeeRule.update(amount=Money(0)).execute()
    assert fees.unset() == []


def test_the_tariff_lists_what_a_service_may_cost_in_its_order(bring):
    bring(*reversed(RULES), "other,,Other,آخر,flat,1,,,,2018-01-01,x,yes")
    assert [rule.code for rule in fees.tariff(LEASE, DAY)] == ["lease", "stamp"]
    assert fees.tariff(LEASE, dt.date(2017, 1, 1)) == []
