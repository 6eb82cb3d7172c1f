"""What a step may ask: each kind reads what people type, and refuses in words they can act on."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import fields
from engine.errors import Refusal
from engine.fields import (
    MEGABYTE,
    Amount,
    Area,
    ByNumber,
    Choice,
    CivilNumber,
    Day,
    Field,
    Found,
    FromRegister,
    Iban,
    LongText,
    Pattern,
    Photo,
    Place,
    Several,
    Slot,
    Text,
    Upload,
    Whole,
    files_of,
)
from engine.money import Money
from engine.wording import _
from operations.rendering import both

LABEL = _("Renewal period")
TWO_YEARS = _("Two years")
PLOT = Pattern("plot", LABEL, shape=r"\d{3}-\d{3}")
PERIODS = Choice("months", LABEL, options=((12, _("One year")), (24, TWO_YEARS)))
UTILITIES = Several("utilities", LABEL, options=(("water", LABEL), (4, TWO_YEARS), ("4x6", LABEL)))
CATEGORY = Choice("category", LABEL, options=(("noise", LABEL), ("4x6", TWO_YEARS)))
EVERY_KIND: tuple[Field, ...] = (
    Text("text", LABEL),
    LongText("long", LABEL),
    PLOT,
    CivilNumber("civil", LABEL),
    Whole("whole", LABEL),
    Amount("amount", LABEL),
    Day("day", LABEL),
    PERIODS,
    UTILITIES,
    Iban("iban", LABEL),
    Slot("slot", LABEL, office="trial.engineering"),
    Place("place", LABEL),
    FromRegister("record", LABEL, register="chamber.memberships"),
    ByNumber("number", LABEL, register="chamber.memberships"),
    Found("violations", LABEL, register="chamber.memberships"),
    Photo("portrait", LABEL),
    Upload("file", LABEL),
)


@pytest.mark.parametrize(
    ("field", "typed", "value"),
    [
        (Text("name", LABEL), "  Salim  ", "Salim"),
        (Text("name", LABEL), "شموخة ٣", "شموخة ٣"),  # what people write stays as they wrote it
        (Text("name", LABEL, longest=3), "abc", "abc"),
        (LongText("story", LABEL), "one\ntwo", "one\ntwo"),
        (LongText("story", LABEL), "س" * 4000, "س" * 4000),
        (PLOT, "١٢٣ - ٤٥٦", "123-456"),
        (CivilNumber("civil", LABEL), "١٥٢٦٥٧٥", "1526575"),
        (CivilNumber("civil", LABEL), "152 6575", "1526575"),
        (CivilNumber("civil", LABEL), "0000007", "0000007"),  # a number on a card is text
        (Whole("floors", LABEL), "٣", 3),
        (Whole("floors", LABEL), "007", 7),
        (Whole("floors", LABEL, least=2, most=5), "5", 5),
        (Amount("rent", LABEL), "٣٬٦٠٠٫٥", 3_600_500),
        (Amount("rent", LABEL), "0", 0),
        (Amount("rent", LABEL), "1,000,000,000", 10**12),
        (Day("from", LABEL), "٢٠٢٦-٠٣-١٩", "2026-03-19"),
        (Day("from", LABEL), "2024-02-29", "2024-02-29"),
        (PERIODS, "24", 24),
        (PERIODS, "٢٤", 24),
        (CATEGORY, "noise", "noise"),
        (CATEGORY, "٤x٦", "4x6"),
        (FromRegister("record", LABEL), "١٢٢٩٢٣٧", "1229237"),
        (Found("violations", LABEL), "v-٢  V-1 v-2", ["V-1", "V-2"]),
    ],
)
def test_what_was_typed_is_read(field: Field, typed: str, value: Any):
    assert field.clean(typed) == value


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        (Text("name", LABEL, longest=3), "abcd", "Shorten this to 3 characters; it has 4."),
        (LongText("story", LABEL), "س" * 4001, "Shorten this to 4000 characters"),
        (PLOT, "123456", "Check this number."),
        (PLOT, "123-456-7", "Check this number."),
        (CivilNumber("civil", LABEL), "1234567890", "up to 9 digits"),
        (CivilNumber("civil", LABEL), "12a", "up to 9 digits"),
        (Whole("floors", LABEL, least=2, most=5), "1", "from 2 to 5"),
        (Whole("floors", LABEL, least=2, most=5), "6", "from 2 to 5"),
        (Whole("floors", LABEL), "-1", "Type a whole number"),
        (Whole("floors", LABEL), "2.5", "Type a whole number"),
        (Whole("floors", LABEL), "9" * 11, "Type a whole number"),
        (Amount("rent", LABEL), "25.0001", "Type an amount in rials"),
        (Amount("rent", LABEL), "-1", "zero or more"),
        (Amount("rent", LABEL), "1000000000.001", "at most OMR\u00a01,000,000,000.000"),
        (Day("from", LABEL), "2026-02-29", "Type a date"),
        (Day("from", LABEL), "19/03/2018", "Type a date"),
        (PERIODS, "13", "Choose one: Renewal period"),
        (CATEGORY, "Noise", "Choose one"),
    ],
)
def test_what_does_not_fit_is_refused_beside_its_field(field: Field, typed: str, says: str):
    with pytest.raises(Refusal) as refused:
        field.clean(typed)
    assert refused.value.field == field.name
    assert says in in_both(refused.value)["en"]


@pytest.mark.parametrize("field", EVERY_KIND, ids=lambda field: field.name)
@pytest.mark.parametrize("typed", ["", "  ", "\u00a0\t"])
def test_an_empty_answer_is_asked_for_by_the_fields_name(field: Field, typed: str):
    with pytest.raises(Refusal) as refused:
        field.clean(typed)
    assert refused.value.field == field.name
    words = in_both(refused.value)
    assert "Renewal period" in words["en"]
    assert both(LABEL)["ar"] in words["ar"]


@pytest.mark.parametrize("kind", [type(field) for field in EVERY_KIND], ids=lambda kind: kind.__name__)
def test_what_is_not_required_may_be_left_out(kind: type[Field]):
    assert kind("name", LABEL, required=False).clean("  ") is None


@pytest.mark.parametrize(
    ("typed", "point"),
    [
        ("24.347, 56.729", (24.347, 56.729)),
        ("٢٤٫٣٤٧، ٥٦٫٧٢٩", (24.347, 56.729)),
        ("24.3470001 56.7290009", (24.347, 56.729001)),
    ],
)
def test_a_place_is_read_as_maps_and_people_write_it(typed: str, point: tuple[float, float]):
    assert Place("place", LABEL).clean(typed) == dict(zip(("latitude", "longitude"), point, strict=True))


@pytest.mark.parametrize(
    ("typed", "says"), [("by the souq", "map"), ("24.3", "map"), ("56.729, 24.347", "outside"), ("0, 0", "outside")]
)
def test_a_place_that_is_none_or_lies_elsewhere_is_refused(typed: str, says: str):
    with pytest.raises(Refusal) as refused:
        Place("place", LABEL, within=(24.0, 56.3, 24.7, 56.95)).clean(typed)
    assert says in str(refused.value.message)


SOUQ, FORT = (
    Area("souq", {"en": "The Souq", "ar": "السوق"}, 24.36, 56.75),
    Area("fort", {"en": "The Fort", "ar": "القلعة"}, 24.37, 56.75),
)
TOWN = Place("place", LABEL, areas=(SOUQ, FORT))


@pytest.mark.parametrize("typed", ["souq", "the souq", "THE SOUQ", "السوق", "السُّوق"])
def test_an_area_may_stand_for_its_middle_however_it_is_spelled(typed: str):
    assert TOWN.clean(typed) == {"latitude": 24.36, "longitude": 56.75}


@pytest.mark.parametrize(("latitude", "area"), [(24.361, SOUQ), (24.3649, SOUQ), (24.3651, FORT), (24.40, FORT), (24.41, None)])
def test_a_place_lies_near_the_nearest_area_if_any_is_near(latitude: float, area: Area | None):
    assert TOWN.near({"latitude": latitude, "longitude": 56.75}) is area


def test_a_place_is_shown_with_what_it_lies_near():
    assert both(TOWN.shown(TOWN.clean("souq")))["en"] == "\u206624.36, 56.75\u2069, near The Souq"
    assert TOWN.shown(TOWN.clean("25.1, 56.75")) == "25.1, 56.75"
    assert TOWN.shown(None) is None


def test_several_files_are_a_list_and_one_is_itself():
    one, other = {"name": "a", "digest": "1"}, {"name": "b", "digest": "2"}
    several = Upload("file", LABEL, most=2)
    assert several.answer([one, other]) == [one, other] == files_of([one, other])
    assert Upload("file", LABEL).answer([one, other]) == other
    assert several.shown([one, other]) == "a · b"
    assert several.answer([]) is None
    for nothing in (None, "text", 5, {"latitude": 1}, []):
        assert files_of(nothing) == []


def test_every_kind_of_field_is_tested_here():
    kinds = {kind for kind in vars(fields).values() if isinstance(kind, type) and issubclass(kind, Field)}
    assert kinds - {Field} == {type(field) for field in EVERY_KIND}


@pytest.mark.parametrize("field", EVERY_KIND, ids=lambda field: field.name)
@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_nothing_typed_breaks_a_field_or_the_table_it_is_kept_in(field: Field, typed: str):
    try:
        value = field.clean(typed)
    except Refusal:
        return
    kept = json.dumps(value)
    assert json.loads(kept) == value
    assert "\\u0000" not in kept  # PostgreSQL has no place for it
    assert isinstance(value, str | int | dict | list)
    assert not isinstance(field, Place | Amount) or field.clean(field.written(value)) == value


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        (Text("name", LABEL), "Salim", "Salim"),
        (Amount("rent", LABEL), 3_600_500, Money(3_600_500)),
        (Amount("rent", LABEL), None, None),
        (PERIODS, 24, TWO_YEARS),
        (PERIODS, 99, 99),  # an option that is no longer offered
        (Upload("file", LABEL), {"name": "deed.pdf", "size": 1, "digest": "d"}, "deed.pdf"),
        (Upload("file", LABEL), None, None),
        (Day("from", LABEL), None, None),
    ],
)
def test_an_answer_is_shown_as_it_is_meant(field: Field, value: Any, shown: Any):
    assert field.shown(value) == shown


def test_a_day_is_shown_as_each_reader_writes_days():
    assert both(Day("from", LABEL).shown("2018-03-19")) == {"en": "19 March 2018", "ar": "١٩ مارس ٢٠١٨"}


@pytest.mark.parametrize(
    ("typed", "chosen"), [("water", ["water"]), ("4x6,٤", [4, "4x6"]), ("4 water", ["water", 4]), ("4 , water,4,", ["water", 4])]
)
def test_several_are_kept_once_in_the_order_they_are_offered(typed: str, chosen: list[object]):
    assert UTILITIES.clean(typed) == chosen
    assert UTILITIES.clean(",".join(UTILITIES.written(chosen))) == chosen


@pytest.mark.parametrize("typed", ["", "gas", "water,gas", "water gas", ","])
def test_of_several_each_must_be_offered(typed: str):
    with pytest.raises(Refusal, match="at least one"):
        UTILITIES.clean(typed)


def test_several_read_as_a_list_in_either_language():
    assert both(UTILITIES.shown([4, "water"])) == {"en": "Renewal period, Two years", "ar": "فترة التجديد، سنتان"}
    assert UTILITIES.shown(None) == []


GOOD_IBAN = "OM810180000001299123456"  # the example of the SWIFT registry (ISO 13616)


@pytest.mark.parametrize(
    "typed", [GOOD_IBAN, "om81 0180 0000 0129 9123 456", "OM81-0180-0000-0129-9123-456", "OM٨١٠١٨٠٠٠٠٠٠١٢٩٩١٢٣٤٥٦"]
)
def test_an_iban_is_kept_without_signs_and_shown_masked(typed: str):
    iban = Iban("iban", LABEL)
    assert iban.clean(typed) == GOOD_IBAN
    assert iban.shown(GOOD_IBAN) == "OM81 •••• 3456"
    assert iban.clean(iban.written(GOOD_IBAN)) == GOOD_IBAN


@given(st.integers(2, 22), st.sampled_from("0123456789"))
def test_one_wrong_digit_of_an_iban_is_noticed(place: int, digit: str):
    typed = GOOD_IBAN[:place] + digit + GOOD_IBAN[place + 1 :]
    if typed != GOOD_IBAN:
        with pytest.raises(Refusal, match="23 characters"):
            Iban("iban", LABEL).clean(typed)


@pytest.mark.parametrize("typed", ["GB82WEST12345698765432", GOOD_IBAN[:-1], GOOD_IBAN + "1", "OM81ABC0000001299123456", "1234"])
def test_another_countrys_or_a_shorter_iban_is_refused(typed: str):
    with pytest.raises(Refusal) as refused:
        Iban("iban", LABEL).clean(typed)
    in_both(refused.value)


def test_a_time_is_kept_in_utc_and_shown_in_muscat():
    slot = Slot("slot", LABEL, office="trial.engineering", site=lambda case: LABEL)
    assert slot.clean("2026-11-23T08:00+04:00") == "2026-11-23T04:00:00+00:00"
    assert both(slot.shown("2026-11-23T04:00:00+00:00"))["en"] == "23 November 2026, 8:00 AM"
    for typed in ("", "tomorrow", "2026-11-23T08:00", "centre 2026-11-23T08:00+04:00"):
        with pytest.raises(Refusal, match="Choose one"):
            slot.clean(typed)


def test_a_time_at_a_centre_names_both():
    slot = Slot("slot", LABEL, office="trial.engineering")
    answer = slot.clean("passports-sohar 2026-11-23T08:00+04:00")
    assert answer == {"centre": "passports-sohar", "at": "2026-11-23T04:00:00+00:00"}
    named = answer | {"name": {"ar": "مركز صحار", "en": "Sohar centre"}}
    assert both(slot.shown(named))["en"] == "Sohar centre · 23 November 2026, 8:00 AM"
    assert slot.clean(slot.written(named)) == answer and slot.place(answer) == "passports-sohar"
    for typed in ("passports-sohar", "2026-11-23T08:00+04:00", "passports-sohar 2026-11-23T08:00"):
        with pytest.raises(Refusal, match="Choose one"):
            slot.clean(typed)


@pytest.mark.parametrize("media_type", ["application/pdf", "image/jpeg", "image/png"])
@pytest.mark.parametrize("size", [1, 10 * MEGABYTE])
def test_a_file_of_the_right_kind_and_size_comes_in(media_type: str, size: int):
    Upload("file", LABEL).accept(size, media_type)


@pytest.mark.parametrize(
    ("size", "media_type", "says"),
    [
        (10 * MEGABYTE + 1, "application/pdf", "The limit is 10 MB."),
        (1, "text/html", "Attach a PDF"),
        (1, "image/svg+xml", "Attach a PDF"),
        (1, None, "Attach a PDF"),
    ],
)
def test_another_file_stays_out(size: int, media_type: str | None, says: str):
    with pytest.raises(Refusal, match=says) as refused:
        Upload("file", LABEL).accept(size, media_type)
    assert refused.value.field == "file"
    in_both(refused.value)


def test_a_smaller_limit_is_said_as_it_is():
    with pytest.raises(Refusal, match="The limit is 2 MB"):
        Upload("file", LABEL, limit=2 * MEGABYTE).accept(3 * MEGABYTE, "image/png")


def test_only_what_can_be_answered_is_an_input():
    assert fields.inputs([EVERY_KIND[0], "a summary", LABEL, EVERY_KIND[1]]) == EVERY_KIND[:2]


def in_both(refusal: Refusal) -> dict[str, str]:
    """The refusal in both languages; they differ, and the Arabic one is Arabic."""
    words = both(refusal.message)
    assert words["ar"] != words["en"]
    assert any("\u0621" <= sign <= "\u064a" for sign in words["ar"])
    return words  # type: ignore[return-value]


# --- Photos ----------------------------------------------------------------------------------------------------------------------

PORTRAIT = Photo("photo", _("Photos"))


@pytest.mark.parametrize("size", [(472, 709), (480, 709), (600, 900), (1181, 1772), (612, 900), (588, 900)])
def test_a_photo_of_the_right_shape_passes(size):
    PORTRAIT.judge(*size)


@pytest.mark.parametrize(
    ("size", "says"),
    [
        ((471, 709), "too small"),
        ((472, 708), "too small"),
        ((900, 600), "too small"),  # lying: what could be cut of it is
        ((700, 700), "too small"),
        ((613, 900), "600 × 900"),
        ((587, 900), "587 × 880"),
        ((1200, 1600), "1066 × 1600"),
        ((3000, 2000), "1333 × 2000"),
        ((1000, 3000), "1000 × 1500"),
    ],
)
def test_any_other_photo_is_refused_with_what_it_needs(size, says):
    with pytest.raises(Refusal) as refused:
        PORTRAIT.judge(*size)
    message = refused.value.message
    values = {name: words["en"] for name, words in message.values.items()}
    assert says in message.message % values and (values["size"], values["paper"]) == (f"{size[0]} × {size[1]}", "4 × 6")


def test_what_a_photo_is_to_be_cut_to_is_taken_then():
    for across in range(500, 1500, 7):
        for down in range(720, 1700, 13):
            if min(*PORTRAIT.cut(across, down)) >= 709:
                PORTRAIT.judge(*PORTRAIT.cut(across, down))


def test_a_photo_is_advised_on_only_where_its_background_is_not_plain():
    assert PORTRAIT.advice(None) is None and PORTRAIT.advice({"digest": "a"}) is None
    assert PORTRAIT.advice({"digest": "a", "plain": True}) is None
    assert PORTRAIT.advice({"digest": "a", "plain": False}) is not None
