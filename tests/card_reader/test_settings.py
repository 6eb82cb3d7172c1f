"""What the program accepts at its start."""

import pytest

from card_reader.settings import PORT, Settings, origin, settings_from

PORTAL = "https://portal.example.om"


def test_portals_come_by_option_or_by_the_environment():
    assert settings_from(["--portal", PORTAL, "--portal", "http://localhost:8000"], {}).portals == {
        PORTAL,
        "http://localhost:8000",
    }
    assert settings_from([], {"CARD_READER_PORTALS": f" {PORTAL}, https://b.example.om\n"}).portals == {
        PORTAL,
        "https://b.example.om",
    }
    assert settings_from(["--portal", PORTAL], {"CARD_READER_PORTALS": "https://b.example.om"}).portals == {PORTAL}


def test_everything_else_has_a_sensible_beginning():
    assert settings_from(["--portal", PORTAL], {}) == Settings(frozenset({PORTAL}), port=PORT, language="ar")
    assert PORT == 8006


@pytest.mark.parametrize(
    "portal", [PORTAL, "https://p.example.om:8443", "http://localhost:8000", "http://127.0.0.1:8000", "http://[::1]:8000"]
)
def test_an_origin_is_taken_as_browsers_write_it(portal: str):
    assert origin(portal) == portal


@pytest.mark.parametrize(
    ("portal", "told"),
    [
        ("https://Portal.example.om", "https://portal.example.om"), ("https://portal.example.om/", "https://portal.example.om"),
        ("https://portal.example.om:443", "https://portal.example.om"), ("https://portal.example.om/path", "https://portal.example.om"),
        ("HTTPS://portal.example.om", "https://portal.example.om"), ("http://portal.example.om", "https"), ("http://localhost.example.om", "https"),
        ("*", "not a portal"), ("null", "not a portal"), ("https://*.example.om", "not a portal"), ("https://", "not a portal"),
        ("https://u@portal.example.om", "not a portal"), ("ftp://portal.example.om", "not a portal"),
        ("https://portal.example.om:99999", "out of range"),
    ],
)  # fmt: skip
def test_what_no_browser_would_send_is_refused_with_the_right_form(portal: str, told: str, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        settings_from(["--portal", portal], {})
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [[], ["--portal", PORTAL, "--port", "0"], ["--portal", PORTAL, "--port", "x"], ["--portal", PORTAL, "--lang", "fr"]],
)
def test_what_makes_no_sense_is_refused(arguments: list[str]):
    with pytest.raises(SystemExit):
        settings_from(arguments, {})


def test_help_is_in_both_languages(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as ended:
        settings_from(["--help"], {})
    said = capsys.readouterr().out
    assert ended.value.code == 0
    assert "يقرأ بطاقة الهوية" in said
    assert "Reads the ID card" in said
    for option in ("--portal", "--port", "--lang", "--reader", "--browser"):
        assert option in said
