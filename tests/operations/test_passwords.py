"""What a good password is, and what checking one costs."""

import time
from statistics import median

import pytest
from argon2 import PasswordHasher

from engine.errors import Refusal
from operations import passwords

pytestmark = pytest.mark.usefixtures("as_in_production")


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("palm827", "longer"),
        ("x" * 257, "shorter"),
        ("Password1", "Many people"),
        ("12345678", "Many people"),
        ("١٢٣٤٥٦٧٨", "Many people"),
        ("aaaaaaaaaaaaa", "Many people"),
        ("Bawaba2026", "Many people"),
        ("بوابة عمان ٢٠٢٦", "Many people"),
        ("Muscat-OCCI-1", "Many people"),
        ("Shmoouqa99", "your own"),
        ("99416689", "your own"),
        ("٩٩٤١٦٦٨٩ab", "your own"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(password: str, why: str) -> None:
    with pytest.raises(Refusal) as refused:
        passwords.check(password, personal=("Shmoouqa", "99416689", "", "Ali"))
    assert why in str(refused.value) and refused.value.field == "password"


@pytest.mark.parametrize(
    "password", ["seven palms by the falaj", "نخلة قرب الفلج", "kTx93-vLpz", "a walk by the sea with Shmoouqa"]
)
def test_length_is_enough_no_signs_are_demanded(password: str) -> None:
    passwords.check(password, personal=("Shmoouqa",))


def test_staff_need_fifteen_characters() -> None:
    with pytest.raises(Refusal, match="15"):
        passwords.check("kTx93-vLpz-24x", staff=True)
    passwords.check("kTx93-vLpz-24xy", staff=True)


def test_a_password_fits_however_its_keyboard_spells_it() -> None:
    kept = passwords.hashed("falaj ١٢٣ é")
    assert passwords.fits("falaj 123 é", kept) and not passwords.fits("falaj 124 é", kept)
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_password_is_the_whole_of_what_was_typed() -> None:
    longest = "kTx9" * (passwords.MOST // 4)
    passwords.check(longest)
    kept = passwords.hashed(longest)
    assert passwords.fits(longest, kept) and not passwords.fits(f"{longest}x", kept)
    assert not passwords.fits(longest.lower(), kept) and not passwords.fits(longest[:-1], kept)


def test_the_list_of_common_passwords_is_long_enough() -> None:
    """ASVS 6.2.4: the 3000 most used of those that our own rule of length lets through."""
    assert len([word for word in passwords.common() if len(word) >= passwords.LEAST]) >= 3000


def test_nobody_has_a_password() -> None:
    assert not passwords.fits("nobody has this password", None)


def test_a_broken_hash_fits_nothing() -> None:
    assert not passwords.fits("anything at all", "broken")


def test_hashes_of_other_parameters_are_outdated() -> None:
    assert passwords.outdated(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("x"))
    assert not passwords.outdated(passwords.hashed("x"))


def test_nobody_costs_the_time_of_somebody() -> None:
    kept = passwords.hashed("seven palms by the falaj")
    passwords.fits("warm", None)

    def cost(kept: str | None) -> float:
        start = time.process_time()
        passwords.fits("eight palms by the falaj", kept)
        return time.process_time() - start

    somebody, nobody = median(cost(kept) for _ in range(9)), median(cost(None) for _ in range(9))
    assert 0.5 < somebody / nobody < 2
