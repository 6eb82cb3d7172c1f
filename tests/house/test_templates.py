"""The checker of templates."""

import pytest

from tools.templates import faults


@pytest.mark.parametrize(
    ("template", "problem"),
    [
        ("<p>\n Hello there</p>", "2: not translated: Hello there"),
        ("{% block content %}\n{% if a %}\nHello there{% endif %}{% endblock %}", "3: not translated: Hello there"),
        ("{% trans %}One{% endtrans %} Two", "1: not translated: Two"),
        ("<p>مرحبا بكم</p>", "1: not translated: مرحبا بكم"),
        ('<input placeholder="Your name">', "1: not translated: Your name"),
        ("<script>go()</script>", "1: <script> written inline"),
        ("<style>p { color: red }</style>", "1: <style> written inline"),
        ('{# a\n comment #}<p style="color: red">', "2: style= is refused by our policy"),
        ('<button onclick="go()">', "1: onclick= is refused by our policy"),
        ('<a href="javascript:go()">', "1: javascript: in an address"),
    ],
)
def test_a_fault_is_named_with_its_line(template: str, problem: str):
    assert list(faults(template, web=True)) == [problem]


@pytest.mark.parametrize(
    "template",
    [
        '<p>{{ _("Hello there") }}</p>',
        "<p>{% trans name=name %}Hello {{ name }}{% endtrans %}</p>",
        "{# Only for us #}<p>{% if a == 'word' %}1{% endif %} · OMR&nbsp;</p>",
        '<script src="{{ asset("htmx.js") }}" defer></script>',
        '<input placeholder="{{ _("Your name") }}">',
        '{{ part({"title": {"en": "Period"}}) }}',
        "{% block body_class %}narrow{% endblock %}",
    ],
)
def test_what_is_in_order_passes(template: str):
    assert list(faults(template, web=True)) == []


def test_documents_may_carry_their_style():
    assert list(faults("{% block style %}\np { margin: auto }\n{% endblock %}<p style='margin: auto'>", web=False)) == []
