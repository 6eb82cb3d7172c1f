"""Any value as each reader writes it, and templates that show it so by themselves."""

import datetime as dt
from typing import Any

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

from engine.money import Money
from engine.wording import Text, _
from operations.rendering import both, environment, frozen_rows, render, shown, translate

NIGHT = dt.datetime(2018, 3, 18, 20, 5, tzinfo=dt.UTC)  # five past midnight in Muscat


@pytest.mark.parametrize(
    ("value", "english", "arabic"),
    [
        (_("Two years"), "Two years", "سنتان"),
        (Money(50_000), "OMR\u00a050.000", "٥٠٫٠٠٠\u00a0ر.ع.\u200f"),
        (dt.date(2018, 3, 19), "19 March 2018", "١٩ مارس ٢٠١٨"),
        (NIGHT, "19 March 2018, 12:05 AM", "١٩ مارس ٢٠١٨، ١٢:٠٥ ص"),
        (NIGHT.replace(tzinfo=None), "19 March 2018, 12:05 AM", "١٩ مارس ٢٠١٨، ١٢:٠٥ ص"),
        (12, "12", "١٢"),
        (0, "0", "٠"),
        ("1229237", "1229237", "1229237"),  # an identifier stays what it is
        ({"ar": "المشاريع", "en": "projects"}, "projects", "المشاريع"),
        ({"ar": "", "en": "projects"}, "projects", "projects"),
        ({"ar": "المشاريع", "en": ""}, "المشاريع", "المشاريع"),
        (None, "", ""),
        ([12, {"ar": "الماء", "en": "Water"}], "12, Water", "١٢، الماء"),
        (True, True, True),
    ],
)
def test_a_value_is_shown_as_its_reader_writes_it(value: Any, english: Any, arabic: Any):
    assert (shown(value, "en"), shown(value, "ar")) == (english, arabic)


def test_the_values_of_a_sentence_are_shown_in_its_language_too():
    sentence = _("Type an amount of at most %(most)s.", most=Money(5))
    assert "OMR\u00a00.005" in translate(sentence, "en")
    assert translate(_("Choose one: %(label)s", label=_("Renewal period")), "ar") == "يلزم اختيار واحد: فترة التجديد"


def test_a_count_takes_the_form_its_language_has_for_it():
    years = [both(Text("%(num)s day", "%(num)s days", {"num": count})) for count in (1, 2)]
    assert [words["en"] for words in years] == ["1 day", "2 days"]


def test_a_percent_sign_of_a_text_without_values_is_left_alone():
    assert translate(_("100% yours"), "en") == "100% yours"


def test_rows_are_frozen_in_both_languages():
    assert frozen_rows([(_("Expiry date"), dt.date(2018, 3, 19)), (_("Number"), None)]) == [
        {"label": {"ar": "تاريخ الانتهاء", "en": "Expiry date"}, "value": {"ar": "١٩ مارس ٢٠١٨", "en": "19 March 2018"}},
        {"label": both(_("Number")), "value": {"ar": "", "en": ""}},
    ]


@pytest.mark.parametrize(
    ("locale", "said"),
    [("en", "OMR\u00a050.000 19 March 2018 Two years 3"), ("ar", "٥٠٫٠٠٠\u00a0ر.ع.\u200f ١٩ مارس ٢٠١٨ سنتان ٣")],
)
def test_a_template_prints_values_in_its_language_by_itself(locale: str, said: str):
    template = environment(locale).from_string("{{ price }} {{ day }} {{ label }} {{ count }}")
    assert template.render(price=Money(50_000), day=dt.date(2018, 3, 19), label=_("Two years"), count=3) == said


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_what_people_typed_cannot_become_markup(locale: str):
    template = environment(locale).from_string("{{ name }} {{ words }} {{ safe }}")
    nasty = "<script>alert(1)</script>"
    out = template.render(name=nasty, words={"ar": nasty, "en": nasty}, safe=Markup("<b>ours</b>"))
    assert "<script>" not in out
    assert out.count("&lt;script&gt;") == 2
    assert "<b>ours</b>" in out


def test_a_name_a_template_misspells_is_an_error_and_not_a_gap():
    with pytest.raises(UndefinedError):
        environment("en").from_string("{{ nmae }}").render(name="x")


def test_the_environment_knows_its_direction():
    for locale, direction in (("ar", "rtl"), ("en", "ltr")):
        assert environment(locale).from_string("{{ locale }} {{ direction }}").render() == f"{locale} {direction}"


def test_filters_show_what_code_shows():
    english = environment("en").from_string(
        "{{ 1500|string|digits }} {{ amount|money }} {{ day|day }} {{ at|moment }} {{ money(5) }}"
    )
    out = english.render(amount=Money(1_500), day=dt.date(2018, 3, 19), at=NIGHT)
    assert out == "1500 OMR\u00a01.500 19 March 2018 19 March 2018, 12:05 AM OMR\u00a00.005"


def test_a_template_of_the_portal_is_rendered_by_its_name():
    with pytest.raises(Exception, match="nowhere"):
        render("nowhere.html", "ar")
