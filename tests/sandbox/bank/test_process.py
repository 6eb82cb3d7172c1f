"""The bank as a program: its keys, what it does when stopped and started, when merchants fail, and who may ask it."""

import subprocess
from pathlib import Path

import httpx

from sandbox.bank.keys import keys_of
from tests.sandbox.bank.conftest import MakeForm, signed
from tests.sandbox.bank.running import COMMAND, ROOT, Bank, Payer, Shop, eventually, running_bank

APPROVE = "4111111111111111"


def test_keys_are_made_once_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    printed = [
        subprocess.run([*COMMAND, "keys", "--data", tmp_path], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]
    assert printed[0] == printed[1]
    assert [line.split("=")[0] for line in printed[0].splitlines()] == [
        "BANK_ACCESS_KEY",
        "BANK_PROFILE_ID",
        "BANK_SECRET",
        "BANK_MERCHANT_ID",
        "BANK_REST_KEY_ID",
        "BANK_REST_SECRET",
    ]
    assert (tmp_path / "keys.json").stat().st_mode & 0o777 == 0o600


def test_keys_given_by_the_environment_go_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    assert keys_of(file, {"BANK_SECRET": "given"}).secret == "given"
    assert keys_of(file, {}).secret != "given"


def test_keys_wholly_given_by_the_environment_make_no_file(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    given = keys_of(tmp_path / "others.json", {}).as_settings()
    assert keys_of(file, given).as_settings() == given
    assert not file.exists()


def test_a_restart_loses_nothing(tmp_path: Path, shop: Shop, person: Payer, form: MakeForm) -> None:
    """An answer still owed when the bank stops goes out when it starts again, and an open checkout goes on."""
    shop.failing = 1000
    with running_bank(tmp_path / "data") as bank:
        keys = bank.keys
        person.pay(f"{bank.url}/pay", form(keys=keys), APPROVE)
        opened = person.open(f"{bank.url}/pay", form(keys=keys)).url.removeprefix(bank.url)
        eventually(lambda: shop.failing < 1000)
    shop.failing = 0
    with running_bank(tmp_path / "data") as bank:
        assert bank.keys == keys
        assert person.look(bank.url + opened).heading == "بيانات الدافع"
        assert len(eventually(lambda: shop.to("/notify"))) == 1


def test_a_merchant_that_fails_is_told_again(bank: Bank, shop: Shop, person: Payer, form: MakeForm) -> None:
    shop.failing = 1
    receipt = person.pay(f"{bank.url}/pay", form(), APPROVE)
    [post] = eventually(lambda: shop.to("/notify"))
    assert receipt.forms[0][1]["transaction_id"].encode() in post.body


def test_who_signs_nothing_is_told_nothing(bank: Bank) -> None:
    search = httpx.post(f"{bank.url}/tss/v2/searches", json={"query": "clientReferenceInformation.code:P-1"})
    transaction = httpx.get(f"{bank.url}/tss/v2/transactions/1")
    refund = httpx.post(f"{bank.url}/pts/v2/payments/1/refunds", json={})
    assert [answer.status_code for answer in (search, transaction, refund)] == [401, 401, 401]


def test_another_merchants_secret_opens_nothing(bank: Bank, person: Payer, form: MakeForm) -> None:
    fields = {name: value for name, value in form().items() if name not in {"signature", "signed_field_names"}}
    assert person.open(f"{bank.url}/pay", signed(fields, "another secret")).status == 403
    assert person.open(f"{bank.url}/pay", signed(fields, bank.keys["BANK_SECRET"])).status == 200
