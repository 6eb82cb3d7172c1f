"""Our side of SAML against a real provider: what an honest one says is believed, and it believes what we say."""

import base64
import re
import zlib
from pathlib import Path
from xml.etree import ElementTree

import pytest

from engine.assurance import Assurance
from gateways.identity_providers import Arrived, LoggedOut, LogOutAsked, Misconfigured, Reason, Untrusted, origins
from gateways.identity_providers.envelope import SAML
from gateways.identity_providers.saml import Attributes, SamlProvider
from tests.gateways.identity_providers.conftest import PORTAL, Answer
from tests.support.identity_provider import CARD, CONTEXTS, PHONE, Browser, Pair, RunningProvider, adapter, parameters


def test_the_provider_says_who_it_is_how_sure_and_in_which_session(answer: Answer):
    proven = answer.accept()
    assert (proven.request, proven.civil_number, proven.name) == (answer.request, "1526575", "علي سعيد الجهضمي")
    assert proven.assurance is Assurance.HIGH
    assert proven.assertion.startswith("_") and proven.known.session_index.startswith("_")


def test_a_phone_is_worth_less_than_a_card(saml: SamlProvider, provider: RunningProvider):
    assert Answer(saml, provider, "shamsa").accept().assurance is Assurance.SUBSTANTIAL


@pytest.mark.parametrize(("login", "reason"), [("weak", Reason.WEAK_CONTEXT), ("nameless", Reason.NO_CIVIL_NUMBER)])
def test_a_password_or_two_civil_numbers_prove_nobody(saml: SamlProvider, provider: RunningProvider, login: str, reason: Reason):
    with pytest.raises(Untrusted) as refused:
        Answer(saml, provider, login).accept()
    assert refused.value.reason is reason


def test_the_request_asks_anew_for_what_is_strong_enough_and_is_signed(saml: SamlProvider):
    sent = parameters(saml.begin(Assurance.HIGH).url)
    request = ElementTree.fromstring(zlib.decompress(base64.b64decode(sent["SAMLRequest"]), -15))
    contexts = [element.text for element in request.iter(f"{SAML}AuthnContextClassRef")]
    assert (request.get("ForceAuthn"), contexts) == ("true", [CARD])
    assert sent["SigAlg"] == "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256" and sent["Signature"]
    either = zlib.decompress(base64.b64decode(parameters(saml.begin(Assurance.SUBSTANTIAL).url)["SAMLRequest"]), -15).decode()
    assert CARD in either and PHONE in either


def test_the_provider_refuses_a_request_somebody_changed(saml: SamlProvider, browser: Browser):
    url = saml.begin(Assurance.HIGH).url
    other = saml.begin(Assurance.HIGH).url
    with pytest.raises(AssertionError, match="Unable to validate"):
        browser.goes(url.partition("&SigAlg")[0] + "&SigAlg" + other.partition("&SigAlg")[2], "ali")


def test_who_is_logged_in_there_is_asked_again(saml: SamlProvider, browser: Browser):
    browser.goes(saml.begin(Assurance.HIGH).url, "ali")
    with pytest.raises(AssertionError, match="asks for more"):
        browser.goes(saml.begin(Assurance.HIGH).url)


def test_we_log_out_there_and_are_told_so(answer: Answer, saml: SamlProvider, browser: Browser):
    known = _logged_in(saml, browser)
    departure = saml.log_out(known.known)
    landed = browser.goes(departure.url)
    assert saml.accept_log_out(Arrived(landed.form, landed.query)) == LoggedOut(departure.id, "")


def test_the_provider_logs_out_here_and_is_told_so(saml: SamlProvider, browser: Browser):
    proven = _logged_in(saml, browser)
    landed = browser.logs_out_there()
    asked = saml.accept_log_out(Arrived(landed.form, landed.query))
    assert isinstance(asked, LogOutAsked)
    assert (asked.name_id, asked.session_indexes) == (proven.known.name_id, (proven.known.session_index,))
    browser.goes_home(saml.answer_log_out(asked).url)


def _logged_in(saml: SamlProvider, browser: Browser):
    departure = saml.begin(Assurance.HIGH)
    return saml.accept(Arrived(browser.goes(departure.url, "ali").form), lambda request: request == departure.id)


def test_a_provider_that_answers_under_another_sessions_request_is_not_asked(answer: Answer):
    with pytest.raises(Untrusted) as refused:
        answer.accept(asked=lambda _request: False)
    assert refused.value.reason is Reason.UNASKED


def test_our_metadata_asks_for_signatures_and_gives_no_key_to_encrypt_with(saml: SamlProvider):
    root = ElementTree.fromstring(saml.metadata())
    md = "{urn:oasis:names:tc:SAML:2.0:metadata}"
    role = root.find(f"{md}SPSSODescriptor")
    assert role is not None
    assert (role.get("AuthnRequestsSigned"), role.get("WantAssertionsSigned")) == ("true", "true")
    assert [key.get("use") for key in role.findall(f"{md}KeyDescriptor")] == ["signing"]
    assert root.get("entityID") == f"{PORTAL}/identity/provider/metadata"


def test_the_browser_may_be_sent_to_the_provider_and_nowhere_else(provider: RunningProvider, tmp_path: Path):
    assert origins(provider.metadata) == [provider.url]
    assert origins(tmp_path / "nothing.xml") == []


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"metadata": Path("/nowhere.xml")}, "SAML_IDP_METADATA: there is no file"),
        ({"key": Path("/nowhere.pem")}, "SAML_KEY: there is no file"),
        ({"contexts": {}}, "SAML_CONTEXTS"),
        ({"attributes": Attributes("")}, "SAML_CIVIL_NUMBER_ATTRIBUTE"),
    ],
)
def test_a_faulty_set_up_says_which_setting(provider: RunningProvider, ours: Pair, change: dict[str, object], named: str):
    with pytest.raises(Misconfigured, match=named):
        adapter(provider, ours, PORTAL, **change)


def test_without_the_program_xmlsec1_the_set_up_says_how_to_get_it(
    provider: RunningProvider, ours: Pair, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(Misconfigured, match="apt-get install xmlsec1"):
        adapter(provider, ours, PORTAL)


def test_a_provider_without_single_log_out_is_refused(provider: RunningProvider, ours: Pair, tmp_path: Path):
    file = tmp_path / "idp.xml"
    file.write_text(provider.metadata.read_text().replace("SingleLogoutService", "ManageNameIDService"))
    with pytest.raises(Misconfigured, match="single_logout_service"):
        adapter(provider, ours, PORTAL, metadata=file)


def test_two_providers_in_one_file_are_refused(provider: RunningProvider, ours: Pair, tmp_path: Path):
    one = re.sub(r"<\?xml.*?\?>", "", provider.metadata.read_text())
    other = one.replace(f'"{provider.entity_id}"', '"http://other.example"')
    file = tmp_path / "two.xml"
    file.write_text(f'<EntitiesDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata">{one}{other}</EntitiesDescriptor>')
    with pytest.raises(Misconfigured, match="one identity provider, not 2"):
        adapter(provider, ours, PORTAL, metadata=file)


def test_an_attribute_is_read_by_the_pattern_of_the_configuration(provider: RunningProvider, ours: Pair, answer: Answer):
    strict = adapter(provider, ours, PORTAL, attributes=Attributes("urn:om:civil-number", r"OM-([0-9]+)"), contexts=CONTEXTS)
    with pytest.raises(Untrusted) as refused:
        strict.accept(Arrived(answer.form), lambda _request: True)
    assert refused.value.reason is Reason.NO_CIVIL_NUMBER
