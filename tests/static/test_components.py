"""The layout and the macros as HTML: labels, errors, escaping, and the two layouts sharing one content."""

import re

import pytest
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from tests.static.stage import Sample, environment, frame


@pytest.fixture(scope="module")
def english():
    return environment("en")


@pytest.fixture(scope="module")
def arabic():
    return environment("ar")


def drawn(jinja, source: str, **context: object) -> str:
    return str(Markup(jinja.from_string(source).render(**context)))


FIELD = '{% from "components/field.html" import field %}{{ field(form[name], **options) }}'


def test_a_whole_page_and_a_fragment_share_title_and_content(english):
    whole = english.get_template("done.html").render(**frame())
    part = english.get_template("done.html").render(**frame(layout="layouts/fragment.html"))
    assert whole.lstrip().startswith('<!doctype html>\n<html lang="en" dir="ltr">')
    assert "<html" not in part and "<footer" not in part
    for wanted in ("<title>Done · Bawaba</title>", "panel__number", 'id="header"'):
        assert whole.count(wanted) == 1 and part.count(wanted) == 1
    assert 'hx-swap-oob="true"' in part and "hx-swap-oob" not in whole


def test_the_arabic_page_reads_from_the_right(arabic):
    assert '<html lang="ar" dir="rtl">' in arabic.get_template("done.html").render(**frame())


def test_no_id_appears_twice(english):
    ids = re.findall(r'\sid="([^"]+)"', english.get_template("step.html").render(**frame(form=Sample())))
    assert len(ids) == len(set(ids))


def test_label_hint_and_error_belong_to_their_control(english):
    form = Sample(MultiDict({"name": ""}))
    form.validate()
    html = drawn(english, FIELD, form=form, name="name", options={})
    assert '<label class="field__label" for="name">' in html
    assert 'aria-describedby="name-hint name-error"' in html and 'id="name-hint"' in html and 'id="name-error"' in html
    assert 'aria-invalid="true"' in html and 'autocomplete="name"' in html


def test_an_error_of_radio_buttons_leads_to_the_first_of_them(english):
    form = Sample(MultiDict({"name": "x"}))
    form.validate()
    summary = drawn(
        english, '{% from "components/error_summary.html" import error_summary %}{{ error_summary(form) }}', form=form
    )
    radios = drawn(english, FIELD, form=form, name="period", options={})
    assert '<a href="#period">Choose a period</a>' in summary
    assert 'type="radio" id="period"' in radios and radios.count('name="period"') == 2


def test_no_errors_no_summary(english):
    source = '{% from "components/error_summary.html" import error_summary %}{{ error_summary(form) }}'
    assert drawn(english, source, form=Sample()).strip() == ""


def test_what_people_typed_is_text_not_markup(english):
    evil = '"><script>alert(1)</script>'
    for name in ("name", "remarks", "phone"):
        assert "<script" not in drawn(english, FIELD, form=Sample(MultiDict({name: evil})), name=name, options={})


def test_a_password_is_never_sent_back(english):
    assert "s3cret" not in drawn(english, FIELD, form=Sample(MultiDict({"secret": "s3cret"})), name="secret", options={})


def test_leading_line_breaks_of_a_long_text_survive(english):
    html = drawn(english, FIELD, form=Sample(MultiDict({"remarks": "\nsecond"})), name="remarks", options={})
    assert ">\n\nsecond</textarea>" in html


def test_a_phone_number_reads_from_the_left_also_in_arabic(arabic):
    html = drawn(arabic, FIELD, form=Sample(), name="phone", options={"before": "+968"})
    assert html.count('dir="ltr"') == 2 and 'inputmode="tel"' in html


def test_a_form_carries_its_token_and_a_leaving_form_keeps_htmx_out(english):
    source = '{% from "components/form.html" import post %}{% call post(leaves=True) %}x{% endcall %}'
    html = drawn(english, source)
    assert 'name="csrf_token" value="the-token"' in html and 'hx-boost="false"' in html


def test_seconds_for_scripts_stay_in_ascii_in_arabic(arabic):
    source = '{% from "components/countdown.html" import countdown %}{{ countdown(75) }}'
    html = drawn(arabic, source)
    assert 'data-countdown="75"' in html and "١:١٥" in html
    assert 'data-seconds="1800"' in arabic.get_template("done.html").render(**frame())


def test_only_icons_that_point_are_mirrored(english):
    source = '{% from "components/icon.html" import icon %}{{ icon("arrow") }}|{{ icon("check") }}'
    pointing, other = drawn(english, source).split("|")
    assert "icon--points" in pointing and "icon--points" not in other
