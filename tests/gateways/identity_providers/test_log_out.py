"""Messages at the log-out address: whoever could forge them could log people out, or make us believe that they are."""

import base64
import datetime as dt
import zlib
from urllib.parse import quote_plus

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from gateways.identity_providers import Arrived, LoggedOut, LogOutAsked, Reason, Untrusted
from gateways.identity_providers.saml import SamlProvider
from tests.gateways.identity_providers.conftest import PORTAL
from tests.support.identity_provider import Pair, RunningProvider, signed

HERE = f"{PORTAL}/identity/provider/logout"
RSA_SHA1, RSA_SHA256 = "http://www.w3.org/2000/09/xmldsig#rsa-sha1", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
SUCCESS, PARTIAL = ("urn:oasis:names:tc:SAML:2.0:status:" + name for name in ("Success", "PartialLogout"))
SIGNATURE = """<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo>
<ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>
<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/><ds:Reference URI="#_m"><ds:Transforms>
<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/>
<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/></ds:Transforms>
<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue></ds:DigestValue></ds:Reference></ds:SignedInfo>
<ds:SignatureValue></ds:SignatureValue></ds:Signature>"""


def ago(**time: float) -> str:
    return (dt.datetime.now(dt.UTC) - dt.timedelta(**time)).strftime("%Y-%m-%dT%H:%M:%SZ")


class Says:
    """What a provider with this key would say."""

    def __init__(self, provider: RunningProvider) -> None:
        self.provider = provider

    def message(self, kind: str, inside: str, *, signature: str = "", issuer: str = "", more: str = "", **attributes: str) -> str:
        said = {"ID": "_m", "Version": "2.0", "IssueInstant": ago(), "Destination": HERE} | attributes
        listed = " ".join(f'{name}="{value}"' for name, value in said.items() if value)
        return (
            f'<samlp:{kind} xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" '
            f"{listed}><saml:Issuer>{issuer or self.provider.entity_id}</saml:Issuer>{signature}{inside}{more}</samlp:{kind}>"
        )

    def request(self, **options: str) -> str:
        inside = "<saml:NameID>somebody</saml:NameID><samlp:SessionIndex>_s</samlp:SessionIndex>"
        return self.message("LogoutRequest", inside, **options)

    def answer(self, status: str = SUCCESS, **options: str) -> str:
        inside = f'<samlp:Status><samlp:StatusCode Value="{status}"/></samlp:Status>'
        return self.message("LogoutResponse", inside, InResponseTo="_ours", **options)

    def redirect(self, xml: str, *, algorithm: str = RSA_SHA256, pair: Pair | None = None, lower: bool = False) -> Arrived:
        field = "SAMLRequest" if "LogoutRequest" in xml else "SAMLResponse"
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = quote_plus(base64.b64encode(packer.compress(xml.encode()) + packer.flush()))
        text = f"{field}={packed}&RelayState=%2fback&SigAlg={quote_plus(algorithm)}"
        if lower:  # as some providers escape: the signature goes over it as it is
            text = text.replace("%2B", "%2b").replace("%2F", "%2f").replace("%3A", "%3a")
        key = load_pem_private_key((pair or self.provider.pair).key.read_bytes(), None)
        assert isinstance(key, rsa.RSAPrivateKey)
        digest = hashes.SHA1() if algorithm == RSA_SHA1 else hashes.SHA256()
        signature = base64.b64encode(key.sign(text.encode(), padding.PKCS1v15(), digest))
        return Arrived(query=f"{text}&Signature={quote_plus(signature)}")

    def post(self, xml: str) -> Arrived:
        field = "SAMLRequest" if "LogoutRequest" in xml else "SAMLResponse"
        return Arrived({field: base64.b64encode(xml.encode()).decode(), "RelayState": "back"})


@pytest.fixture
def says(provider: RunningProvider) -> Says:
    return Says(provider)


def why(saml: SamlProvider, arrived: Arrived) -> Reason:
    with pytest.raises(Untrusted) as refused:
        saml.accept_log_out(arrived)
    return refused.value.reason


@pytest.mark.parametrize("lower", [False, True])
def test_a_signed_redirect_is_believed_however_it_is_escaped(saml: SamlProvider, says: Says, lower: bool):
    asked = saml.accept_log_out(says.redirect(says.request(), lower=lower))
    assert isinstance(asked, LogOutAsked)
    assert (asked.id, asked.session_indexes, asked.relay_state) == ("_m", ("_s",), "/back")


def test_a_signed_form_is_believed(saml: SamlProvider, says: Says, provider: RunningProvider):
    for xml, expected in ((says.request(signature=SIGNATURE), LogOutAsked), (says.answer(signature=SIGNATURE), LoggedOut)):
        assert isinstance(saml.accept_log_out(says.post(signed(xml, provider.pair.key, "_m"))), expected)


def test_a_log_out_that_failed_there_is_told(saml: SamlProvider, says: Says):
    assert saml.accept_log_out(says.redirect(says.answer())) == LoggedOut("_ours", "")
    assert saml.accept_log_out(says.redirect(says.answer(PARTIAL))) == LoggedOut("_ours", PARTIAL)


@pytest.mark.parametrize("kind", ["request", "answer"])
class TestForged:
    def test_unsigned(self, saml: SamlProvider, says: Says, kind: str):
        xml = getattr(says, kind)()
        query = says.redirect(xml).query
        for cut in ("&Signature=", "&SigAlg="):
            assert why(saml, Arrived(query=query.partition(cut)[0])) is Reason.UNSIGNED
        assert why(saml, says.post(xml)) is Reason.UNSIGNED

    def test_signed_by_somebody_else(self, saml: SamlProvider, says: Says, kind: str, ours: Pair):
        assert why(saml, says.redirect(getattr(says, kind)(), pair=ours)) is Reason.BAD_SIGNATURE
        posted = says.post(signed(getattr(says, kind)(signature=SIGNATURE), ours.key, "_m"))
        assert why(saml, posted) is Reason.BAD_SIGNATURE

    def test_changed_after_signing(self, saml: SamlProvider, says: Says, kind: str):
        query = says.redirect(getattr(says, kind)()).query
        other = says.redirect(getattr(says, kind)(Consent="urn:other")).query
        mixed = other.partition("&RelayState")[0] + "&RelayState" + query.partition("&RelayState")[2]
        for changed in (mixed, query.replace("RelayState=%2fback", "RelayState=%2fevil")):
            assert why(saml, Arrived(query=changed)) is Reason.BAD_SIGNATURE

    def test_by_sha1(self, saml: SamlProvider, says: Says, kind: str):
        assert why(saml, says.redirect(getattr(says, kind)(), algorithm=RSA_SHA1)) is Reason.WEAK_ALGORITHM

    def test_a_parameter_twice(self, saml: SamlProvider, says: Says, kind: str):
        query = says.redirect(getattr(says, kind)()).query
        assert why(saml, Arrived(query=f"{query}&{query.partition('&')[0]}")) is Reason.MALFORMED
        assert why(saml, Arrived(query=f"{query}&RelayState=evil")) is Reason.MALFORMED

    def test_packed_to_burst(self, saml: SamlProvider, says: Says, kind: str):
        assert why(saml, says.redirect(getattr(says, kind)(more=" " * 5_000_000))) is Reason.MALFORMED

    def test_to_another_address(self, saml: SamlProvider, says: Says, kind: str):
        for address in ("http://other.example", ""):
            assert why(saml, says.redirect(getattr(says, kind)(Destination=address))) is Reason.WRONG_DESTINATION

    def test_by_another_issuer(self, saml: SamlProvider, says: Says, kind: str):
        assert why(saml, says.redirect(getattr(says, kind)(issuer="http://other.example"))) is Reason.WRONG_ISSUER

    def test_another_message_in_its_place(self, saml: SamlProvider, says: Says, kind: str):
        other = says.message("AuthnRequest", "")
        query = says.redirect(other).query
        field = "SAMLRequest" if kind == "request" else "SAMLResponse"
        assert why(saml, Arrived(query=query.replace("SAMLResponse=", f"{field}="))) in (Reason.MALFORMED, Reason.BAD_SIGNATURE)


DAY = 24 * 60


@pytest.mark.parametrize(
    "minutes",
    [
        {"IssueInstant": 10},
        {"IssueInstant": -10},
        {"IssueInstant": 3, "NotOnOrAfter": 2},
        {"IssueInstant": DAY, "NotOnOrAfter": -DAY},
    ],
)
def test_an_old_request_does_not_end_todays_session(saml: SamlProvider, says: Says, minutes: dict[str, int]):
    """So many minutes ago; reckoned here, not when the tests were collected."""
    times = {name: ago(minutes=since) for name, since in minutes.items()}
    assert why(saml, says.redirect(says.request(**times))) is Reason.OUT_OF_TIME


def test_a_clock_may_be_a_minute_off(saml: SamlProvider, says: Says):
    assert saml.accept_log_out(says.redirect(says.request(IssueInstant=ago(seconds=-30))))
    assert saml.accept_log_out(says.redirect(says.request(IssueInstant=ago(minutes=3), NotOnOrAfter=ago(seconds=30))))


def test_nothing_at_all_is_not_a_message(saml: SamlProvider, says: Says):
    for arrived in (Arrived(), Arrived(query="SAMLRequest="), Arrived({"SAMLResponse": ""})):
        assert why(saml, arrived) in (Reason.MALFORMED, Reason.UNSIGNED)
    nobody = says.message("LogoutRequest", "<saml:BaseID/>")
    assert why(saml, says.redirect(nobody)) is Reason.UNACCEPTABLE
