"""Placeholders of messages, and how many parts an SMS has."""

import pytest

from engine import message_text
from engine.errors import Refusal


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Hello {nam}", "no {nam}"),
        ("{{ code }}", "Braces stand around"),
        ("{code} {", "Braces stand around"),
        ("{code} {% raw %}", "Braces stand around"),
        ("{code.x}", "Braces stand around"),
        ("Hello {name}", "Without {code}"),
    ],
)
def test_only_the_placeholders_of_the_message_are_taken(text: str, says: str):
    with pytest.raises(Refusal, match=says.replace("{", r"\{")):
        message_text.check(text, ("name", "code"), ("code",))


def test_what_was_put_in_is_not_read_again():
    message_text.check("{name}: {code}", ("name", "code"), ("code",))
    assert message_text.fill("{name}: {code}", {"name": "{code}", "code": "123456"}) == "{code}: 123456"


@pytest.mark.parametrize(
    ("text", "characters", "parts", "arabic"),
    [
        ("a" * 160, 160, 1, False),
        ("a" * 161, 161, 2, False),
        ("a" * 306, 306, 2, False),
        ("a" * 307, 307, 3, False),
        ("€" * 80, 160, 1, False),
        ("€" * 81, 162, 2, False),
        ("ب" * 70, 70, 1, True),
        ("ب" * 71, 71, 2, True),
        ("ب" * 134, 134, 2, True),
        ("ب" * 135, 135, 3, True),
        ("“" + "a" * 69, 70, 1, True),
        ("🌴", 2, 1, True),
        ("", 0, 1, False),
    ],
)
def test_the_parts_of_an_sms_are_counted_as_the_network_counts(text: str, characters: int, parts: int, arabic: bool):
    assert message_text.length(text) == message_text.Length(characters, parts, arabic)
