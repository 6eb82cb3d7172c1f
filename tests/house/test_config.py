"""Settings: development needs none, production refuses every unsafe one and says which variable to set."""

import dataclasses
import datetime as dt

import pytest

from config import DEVELOPMENT_KEY, Settings, Unsafe, origin

SAFE = {
    "PORTAL_ENV": "production",
    "PORTAL_URL": "https://bawaba.example",
    "SECRET_KEY": "0123456789abcdef0123456789abcdef",
    "MAIL_URLS": "smtps://mail.example smtp://second.example",
    "SMS_URLS": "https://sms.example/cgi-bin/sendsms?username=u",
    "RATE_LIMIT_STORAGE": "redis://limits.example",
    "BANK_URL": "https://pay.bank.example/checkout",
    "BANK_REST_URL": "https://rest.bank.example",
    "BANK_MODE": "live",
    "BANK_ACCESS_KEY": "k",
    "BANK_PROFILE_ID": "p",
    "BANK_SECRET": "s",
    "BANK_MERCHANT_ID": "m",
    "BANK_REST_KEY_ID": "i",
    "BANK_REST_SECRET": "r",
    "MOBILE_ID_URL": "https://mobile-id.example",
    "TRUST_ROOTS": "/keys/root.pem",
    "TRUST_POLICIES": "1.3.6.1.4.1.55555.1",
    "CARD_ROOTS": "/keys/cards.pem",
    "CARD_POLICIES": "1.3.6.1.4.1.55555.2",
    "SIGNING_POLICIES": "1.3.6.1.4.1.55555.3",
    "SEAL_KEY": "/keys/seal.key",
    "SEAL_CERTIFICATE": "/keys/seal.pem",
}
# One line of Settings.problems each: the variable it names, and the values that must be refused for it.
UNSAFE = [
    ("SECRET_KEY", ["", DEVELOPMENT_KEY, "x" * 31]),
    ("PORTAL_URL", ["", "http://bawaba.example", "bawaba.example"]),
    ("PORTAL_TODAY", ["2018-03-18"]),
    ("BANK_MODE", ["test", ""]),
    ("BANK_URL", ["", "http://pay.bank.example", "https://localhost:8001/pay", "https://127.0.0.1/pay", "https://[::1]/pay"]),
    ("BANK_REST_URL", ["", "http://rest.bank.example", "https://localhost:8001"]),
    ("MOBILE_ID_URL", ["", "http://mobile-id.example", "https://localhost:8002"]),
    ("BANK_ACCESS_KEY", [""]),
    ("BANK_PROFILE_ID", [""]),
    ("BANK_SECRET", [""]),
    ("BANK_MERCHANT_ID", [""]),
    ("BANK_REST_KEY_ID", [""]),
    ("BANK_REST_SECRET", [""]),
    ("TRUST_ROOTS", [""]),
    ("CARD_ROOTS", [""]),
    ("SEAL_KEY", [""]),
    ("SEAL_CERTIFICATE", [""]),
    ("TRUST_POLICIES", ["", "2.999.968.1.1", "1.3.6.1 2.999.1"]),
    ("CARD_POLICIES", ["", "2.999.968.1.2", "1.3.6.1.4.1.55555.2 1.3.6.1.4.1.55555.1"]),
    ("SIGNING_POLICIES", ["", "2.999.968.1.3", "1.3.6.1.4.1.55555.3 1.3.6.1.4.1.55555.1"]),
    ("MAIL_URLS", ["", "smtp://localhost:8004", "smtps://mail.example smtp://127.0.0.1:25"]),
    ("SMS_URLS", ["", "http://localhost:8003/cgi-bin/sendsms", "http://sms.example/cgi-bin/sendsms"]),
    ("RATE_LIMIT_STORAGE", ["", "memory://"]),
]


def test_development_needs_no_variable_and_uses_the_sandboxes():
    settings = Settings.from_env({})
    assert settings == Settings()
    assert not settings.production
    assert settings.sandboxes.keys() == {"bank", "mobile_id", "mailbox"}
    assert settings.database == f"sqlite:///{settings.var / 'bawaba.db'}"


def test_development_may_do_what_production_may_not():
    assert list(Settings().problems())
    Settings.from_env({"PORTAL_TODAY": "2018-03-18"})


def test_safe_production_settings_start():
    settings = Settings.from_env(SAFE)
    assert settings.production
    assert settings.https
    assert settings.sandboxes == {}
    assert list(settings.problems()) == []


@pytest.mark.parametrize(("variable", "value"), [(variable, value) for variable, values in UNSAFE for value in values])
def test_production_refuses_an_unsafe_setting_and_names_it(variable: str, value: str):
    with pytest.raises(Unsafe) as refused:
        Settings.from_env(SAFE | {variable: value})
    (sentence,) = str(refused.value).splitlines()
    assert sentence.startswith(f"{variable}: ")
    assert sentence.endswith(".")


@pytest.mark.parametrize("variable", [variable for variable, _values in UNSAFE if variable != "PORTAL_TODAY"])
def test_production_refuses_what_was_forgotten(variable: str):
    with pytest.raises(Unsafe, match=f"(?m)^{variable}: "):
        Settings.from_env({name: value for name, value in SAFE.items() if name != variable})


def test_tiles_come_by_https_or_not_at_all():
    assert not list(Settings.from_env(SAFE | {"MAP_TILES": "https://tiles.example.om/{z}/{x}/{y}.png"}).problems())
    with pytest.raises(Unsafe, match="MAP_TILES: must be"):
        Settings.from_env(SAFE | {"MAP_TILES": "http://tiles.example.om/{z}/{x}/{y}.png"})


def test_every_line_of_the_check_has_its_case_here():
    nothing_set = Settings.from_env({"PORTAL_TODAY": "2018-03-18"})
    assert [sentence.partition(":")[0] for sentence in nothing_set.problems()] == [variable for variable, _values in UNSAFE]


def test_production_says_all_that_is_wrong_at_once():
    with pytest.raises(Unsafe) as refused:
        Settings.from_env({"PORTAL_ENV": "production"})
    assert len(str(refused.value).splitlines()) == len(UNSAFE) - 1  # the business day is not moved


def test_no_secret_is_said_when_settings_are_refused():
    with pytest.raises(Unsafe) as refused:
        Settings.from_env(SAFE | {"SECRET_KEY": "too-short-but-mine", "BANK_MODE": "test"})
    assert "too-short-but-mine" not in str(refused.value)


@pytest.mark.parametrize("name", ["prod", "Production", "staging", " production"])
def test_an_environment_that_is_neither_is_refused_rather_than_taken_for_development(name: str):
    with pytest.raises(Unsafe, match="PORTAL_ENV"):
        Settings.from_env(SAFE | {"PORTAL_ENV": name})


def test_settings_are_read_once_and_stay():
    settings = Settings.from_env({"TRUSTED_PROXIES": "2", "ALTCHA_COST": "7", "PORTAL_TODAY": "2018-03-18", "PATH": "/bin"})
    assert (settings.trusted_proxies, settings.altcha_cost, settings.today) == (2, 7, dt.date(2018, 3, 18))
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.secret_key = "x"  # type: ignore[misc]


def test_an_origin_is_what_a_browser_calls_so():
    assert origin("http://localhost:8001/pay?x=1") == "http://localhost:8001"
