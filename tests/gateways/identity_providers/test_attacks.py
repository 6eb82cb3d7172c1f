"""Answers no honest provider gave. Each is refused for its own reason, so that a guard taken away is missed even where another stands behind it.

Wrapping: "On Breaking SAML: Be Whoever You Want to Be" (Somorovsky and others, 2012), its variants XSW1 to XSW8. The wrapped ones carry
the provider's true signatures; the ones "signed anew" are what a provider says that is careless, broken into, or speaks to somebody else.
"""

import base64
import copy
import re
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lxml.etree
import pytest

from gateways.identity_providers import Arrived, Reason, Untrusted
from gateways.identity_providers.saml import SamlProvider
from tests.gateways.identity_providers.conftest import PORTAL, Answer
from tests.support.identity_provider import Pair, RunningProvider, signed

NS = {
    "saml": "urn:oasis:names:tc:SAML:2.0:assertion",
    "samlp": "urn:oasis:names:tc:SAML:2.0:protocol",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
}
MINE, HERS = "1526575", "7324674"
PAST, FUTURE = "2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z"


def why(answer: Answer, xml: str | bytes) -> Reason:
    with pytest.raises(Untrusted) as refused:
        answer.accept(xml)
    return refused.value.reason


# --- Signature wrapping ----------------------------------------------------------------------------------------------------------


class Document:
    """An answer as a tree, to be taken apart and put together wrongly. `evil` parts say somebody else's number under a new id."""

    def __init__(self, xml: str) -> None:
        self.root = lxml.etree.fromstring(xml.encode())
        self.assertion = self.one("saml:Assertion")

    def one(self, path: str, of: Any = None) -> Any:
        return (self.root if of is None else of).find(path, NS)

    def evil(self, element: Any) -> Any:
        copied = copy.deepcopy(element)
        copied.set("ID", "_evil")
        for value in copied.iter(f"{{{NS['saml']}}}AttributeValue"):
            value.text = (value.text or "").replace(MINE, HERS)
        return copied

    def without_signature(self, element: Any) -> Any:
        copied = copy.deepcopy(element)
        copied.remove(self.one("ds:Signature", copied))
        return copied

    def text(self, root: Any = None) -> str:
        return lxml.etree.tostring(self.root if root is None else root, encoding="unicode")


def xsw1(document: Document) -> str:
    """The true response inside the signature of a false one."""
    false, true = document.evil(document.root), document.without_signature(document.root)
    document.one("ds:Signature", false).append(true)
    return document.text(false)


def xsw2(document: Document) -> str:
    """The true response beside the signature, in a false one."""
    false, true = document.evil(document.root), document.without_signature(document.root)
    document.one("ds:Signature", false).addprevious(true)
    return document.text(false)


def xsw3(document: Document) -> str:
    """A false assertion before the true one."""
    document.assertion.addprevious(document.without_signature(document.evil(document.assertion)))
    return document.text()


def xsw4(document: Document) -> str:
    """The true assertion within a false one."""
    false = document.without_signature(document.evil(document.assertion))
    document.assertion.addprevious(false)
    false.append(document.assertion)
    return document.text()


def xsw5(document: Document) -> str:
    """A false assertion with the signature of the true one, which stands at the end."""
    true = document.without_signature(document.assertion)
    false = document.evil(document.assertion)
    document.root.replace(document.assertion, false)
    document.root.append(true)
    return document.text()


def xsw6(document: Document) -> str:
    """The true assertion inside the signature of a false one."""
    true, false = document.without_signature(document.assertion), document.evil(document.assertion)
    document.root.replace(document.assertion, false)
    document.one("ds:Signature", false).append(true)
    return document.text()


def xsw7(document: Document) -> str:
    """A false assertion where extensions may stand."""
    extensions = lxml.etree.Element(f"{{{NS['samlp']}}}Extensions")
    extensions.append(document.without_signature(document.evil(document.assertion)))
    document.one("samlp:Status").addprevious(extensions)
    return document.text()


def xsw8(document: Document) -> str:
    """The true assertion inside an Object of the signature of a false one."""
    true, false = document.without_signature(document.assertion), document.evil(document.assertion)
    document.root.replace(document.assertion, false)
    holder = lxml.etree.SubElement(document.one("ds:Signature", false), f"{{{NS['ds']}}}Object")
    holder.append(true)
    return document.text()


def same_id(document: Document) -> str:
    """A false assertion alone that has taken the id of the true one, kept where no assertion is looked for."""
    true, false = document.without_signature(document.assertion), document.evil(document.assertion)
    false.set("ID", true.get("ID"))
    true.tag = "{urn:other}Kept"
    lxml.etree.SubElement(document.one("samlp:Status"), f"{{{NS['samlp']}}}StatusDetail").append(true)
    document.root.replace(document.assertion, false)
    return document.text()


def disguised(document: Document) -> str:
    """The true response under another element, its signature borrowed by the false one."""
    false = document.evil(document.root)
    kept = document.without_signature(document.root)
    kept.remove(document.one("saml:Assertion", kept))
    document.one("samlp:Status", false).append(kept)
    return document.text(false)


def second_signature(document: Document) -> str:
    """One more signature, in the attributes."""
    value = next(document.assertion.iter(f"{{{NS['saml']}}}AttributeValue"))
    value.append(copy.deepcopy(document.one("ds:Signature")))
    return document.text()


def an_object(document: Document) -> str:
    """A signature that carries something unsigned along."""
    lxml.etree.SubElement(document.one("ds:Signature"), f"{{{NS['ds']}}}Object").text = "unsigned"
    return document.text()


def encrypted(document: Document) -> str:
    document.assertion.tag = f"{{{NS['saml']}}}EncryptedAssertion"
    return document.text()


WRAPS = (xsw1, xsw2, xsw3, xsw4, xsw5, xsw6, xsw7, xsw8, same_id, disguised, second_signature, an_object, encrypted)


@pytest.mark.parametrize("wrap", WRAPS, ids=lambda wrap: wrap.__name__)
def test_a_wrapped_answer_is_refused_for_its_shape(answer: Answer, wrap: Callable[[Document], str]):
    assert why(answer, wrap(Document(answer.xml))) is Reason.WRAPPED


@pytest.mark.parametrize("wrap", [xsw1, xsw3, xsw4, xsw5, xsw6, xsw8], ids=lambda wrap: wrap.__name__)
def test_pysaml2_refuses_a_wrapped_answer_too(answer: Answer, wrap: Callable[[Document], str]):
    """The second line: were our own reading wrong, the library's would still hold."""
    with pytest.raises(Untrusted):
        answer.saml._verify_answer(wrap(Document(answer.xml)), answer.request)


# --- Not signed, badly signed ----------------------------------------------------------------------------------------------------


def without_signatures(xml: str, *positions: int) -> str:
    """Without the first (the response's) or the second (the assertion's) signature."""
    found = list(re.finditer(r"(?s)<ds:Signature .*?</ds:Signature>", xml))
    for position in sorted(positions, reverse=True):
        xml = xml[: found[position].start()] + xml[found[position].end() :]
    return xml


@pytest.mark.parametrize("missing", [(0,), (1,), (0, 1)])
def test_answer_and_assertion_must_both_be_signed(answer: Answer, missing: tuple[int, ...]):
    assert why(answer, without_signatures(answer.xml, *missing)) is Reason.UNSIGNED


def test_an_unsigned_assertion_in_a_truly_signed_answer_is_refused(answer: Answer, again: "Again"):
    assert why(answer, signed(without_signatures(answer.xml, 1), again.key, again.response_id)) is Reason.UNSIGNED


def test_a_changed_word_breaks_the_signature(answer: Answer):
    assert why(answer, answer.xml.replace(MINE, HERS)) is Reason.BAD_SIGNATURE


def test_a_key_that_is_not_the_providers_counts_for_nothing_whatever_certificate_comes_along(answer: Answer, tmp_path: Path):
    thief = Pair.made(tmp_path)
    certificate = "".join(thief.certificate.read_text().split("\n")[1:-2])
    xml = re.sub(r"(?s)(<ds:X509Certificate>).*?(</)", rf"\g<1>{certificate}\2", answer.xml)
    forged = signed(xml.replace(MINE, HERS), thief.key, *Again(answer, thief.key).ids)
    assert why(answer, forged) is Reason.BAD_SIGNATURE


class Again:
    """Signs an answer anew with the provider's own key."""

    def __init__(self, answer: Answer, key: Path) -> None:
        self.answer, self.key = answer, key
        self.response_id, self.assertion_id = re.findall(r'<saml[p]?:(?:Response|Assertion) .*?\bID="(\w+)"', answer.xml)
        self.ids = (self.assertion_id, self.response_id)

    def __call__(self, *changes: tuple[str, str]) -> str:
        xml = self.answer.xml
        for pattern, replacement in changes:
            xml, times = re.subn(f"(?s){pattern}", replacement, xml)
            assert times, pattern
        return signed(xml, self.key, *self.ids)


@pytest.fixture(scope="session")
def again(answer: Answer, provider: RunningProvider) -> Again:
    return Again(answer, provider.pair.key)


def test_signing_anew_itself_is_not_what_is_refused(answer: Answer, again: Again):
    assert answer.accept(again(("علي", "عليّ"))).name.startswith("عليّ")


RSA_SHA1, SHA1 = "http://www.w3.org/2000/09/xmldsig#rsa-sha1", "http://www.w3.org/2000/09/xmldsig#sha1"
RSA_SHA256, SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2001/04/xmlenc#sha256"


@pytest.mark.parametrize("change", [(RSA_SHA256, RSA_SHA1), (SHA256, SHA1)])
def test_sha1_is_refused_though_the_signature_is_true(answer: Answer, again: Again, change: tuple[str, str]):
    assert why(answer, again(change)) is Reason.WEAK_ALGORITHM


@pytest.mark.parametrize("algorithm", ["http://www.w3.org/2001/04/xmldsig-more#hmac-sha256", "none", ""])
def test_an_algorithm_without_a_private_key_is_refused(answer: Answer, algorithm: str):
    assert why(answer, answer.xml.replace(RSA_SHA256, algorithm)) is Reason.WEAK_ALGORITHM


# --- Truly signed, and yet not for us, not now, not this -----------------------------------------------------------------------------

OTHER = "http://other.example"
NOW = r"\d{4}-\d\d-\d\dT[\d:]+Z"
SIGNED_BUT_WRONG = {
    "for another audience": (Reason.WRONG_AUDIENCE, (r"(<saml:Audience>).*?(</)", rf"\g<1>{OTHER}\2")),
    "for no audience": (Reason.WRONG_AUDIENCE, ("<saml:AudienceRestriction>.*?</saml:AudienceRestriction>", "")),
    "without conditions": (Reason.WRONG_AUDIENCE, ("<saml:Conditions.*?</saml:Conditions>", "")),
    "to another address": (Reason.WRONG_DESTINATION, (r'Destination=".*?"', f'Destination="{OTHER}"')),
    "to no address": (Reason.WRONG_DESTINATION, (r' Destination=".*?"', "")),
    "to another recipient": (Reason.WRONG_RECIPIENT, (r'Recipient=".*?"', f'Recipient="{OTHER}"')),
    "to no recipient": (Reason.WRONG_RECIPIENT, (r' Recipient=".*?"', "")),
    "for another kind of bearer": (Reason.WRONG_RECIPIENT, ("cm:bearer", "cm:sender-vouches")),
    "by another issuer": (Reason.WRONG_ISSUER, (r"(<saml:Issuer>).*?(</)", rf"\g<1>{OTHER}\2")),
    "an assertion by another issuer": (
        Reason.WRONG_ISSUER,
        (r"(<saml:Assertion .*?<saml:Issuer>).*?(</)", rf"\g<1>{OTHER}\2"),
    ),
    "ended": (
        Reason.OUT_OF_TIME,
        (rf'NotBefore="{NOW}" NotOnOrAfter="{NOW}"', f'NotBefore="2019-01-01T00:00:00Z" NotOnOrAfter="{PAST}"'),
    ),
    "not begun": (
        Reason.OUT_OF_TIME,
        (rf'NotBefore="{NOW}" NotOnOrAfter="{NOW}"', f'NotBefore="{FUTURE}" NotOnOrAfter="2100-01-01T00:00:00Z"'),
    ),
    "confirmed too long ago": (Reason.OUT_OF_TIME, (rf'(<saml:SubjectConfirmationData NotOnOrAfter=)"{NOW}"', rf'\1"{PAST}"')),
    "confirmed without end": (Reason.OUT_OF_TIME, (rf'(<saml:SubjectConfirmationData) NotOnOrAfter="{NOW}"', r"\1")),
    "of a session that is over": (Reason.OUT_OF_TIME, (rf'SessionNotOnOrAfter="{NOW}"', f'SessionNotOnOrAfter="{PAST}"')),
    "issued years ago": (Reason.UNACCEPTABLE, (rf'(<samlp:Response .*?IssueInstant=)"{NOW}"', rf'\1"{PAST}"')),
    "to the request of another session": (Reason.UNASKED, (r'InResponseTo=".*?"', 'InResponseTo="_another"')),
    "whose assertion answers another request": (
        Reason.UNASKED,
        (r'(<saml:SubjectConfirmationData .*?InResponseTo=)".*?"', r'\1"_another"'),
    ),
    "to no request": (Reason.UNASKED, (r' InResponseTo=".*?"', "")),
    "without a session to log out of": (Reason.UNACCEPTABLE, (r' SessionIndex=".*?"', "")),
    "of a person without a name": (Reason.UNACCEPTABLE, ("<saml:NameID.*?</saml:NameID>", "")),
    "with a weaker proof": (Reason.WEAK_CONTEXT, ("ac:classes:SmartcardPKI", "ac:classes:Password")),
    "with two proofs": (
        Reason.WEAK_CONTEXT,
        (r"(<saml:AuthnContextClassRef>.*?</saml:AuthnContextClassRef>)", r"\1\1"),
    ),
    "without a civil number": (Reason.NO_CIVIL_NUMBER, ("urn:om:civil-number", "urn:om:other")),
    "with the civil number twice": (
        Reason.NO_CIVIL_NUMBER,
        (r'(<saml:Attribute Name="urn:om:civil-number".*?</saml:Attribute>)', r"\1\1"),
    ),
    "with more than a civil number": (Reason.NO_CIVIL_NUMBER, (f">{MINE}<", f">{MINE} or 1<")),
    "with Arabic digits, which no provider may choose": (Reason.NO_CIVIL_NUMBER, (f">{MINE}<", ">١٥٢٦٥٧٥<")),
    "that was not confirmed": (Reason.NOT_CONFIRMED, ("status:Success", "status:Responder")),
}


@pytest.mark.parametrize(("reason", "change"), SIGNED_BUT_WRONG.values(), ids=SIGNED_BUT_WRONG.keys())
def test_an_answer_is_refused_that_is_truly_signed_but(answer: Answer, again: Again, reason: Reason, change: tuple[str, str]):
    xml = again(change)
    if reason is Reason.NOT_CONFIRMED:  # an honest refusal has no assertion
        xml = signed(re.sub("(?s)<saml:Assertion .*</saml:Assertion>", "", xml), again.key, again.response_id)
    assert why(answer, xml) is reason


def test_a_refusal_nobody_signed_tells_us_nothing(answer: Answer):
    xml = answer.xml.replace("status:Success", "status:Responder")
    assert why(answer, without_signatures(xml, 0, 1)) is Reason.UNSIGNED


# --- XML itself --------------------------------------------------------------------------------------------------------------------


def comment_in_the_name(xml: str) -> str:
    """CVE-2017-11427 and its kin: canonical XML drops comments, so the signature still fits, and a careless reader reads `1` alone."""
    return xml.replace(f">{MINE}<", f">{MINE[0]}<!-- -->{MINE[1:]}<")


BOMB = '<!DOCTYPE x [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
MARKUP = {
    "a comment in the civil number": comment_in_the_name,
    "a comment in the NameID": lambda xml: re.sub(r"(</saml:NameID>)", r"<!-- -->x\1", xml),
    "CDATA": lambda xml: xml.replace(f">{MINE}<", f"><![CDATA[{MINE}]]><"),
    "an instruction": lambda xml: xml.replace("<samlp:Status>", "<?php x ?><samlp:Status>"),
    "an external entity": lambda xml: '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>' + xml.replace(MINE, "&e;"),
    "a billion laughs": lambda xml: BOMB + "]>" + xml.replace(MINE, "&i;"),
    "a DOCTYPE after a declaration": lambda xml: '<?xml version="1.0"?><!DOCTYPE x>' + xml,
    "another encoding declared": lambda xml: '<?xml version="1.0" encoding="UTF-7"?>' + xml,
    "another encoding": lambda xml: ('<?xml version="1.0" encoding="UTF-16"?>' + xml).encode("utf-16"),
    "an unclosed element": lambda xml: xml[:-3],
    "another message": lambda xml: xml.replace("samlp:Response", "samlp:ArtifactResponse"),
    "far too much": lambda xml: xml + " " * 300_000,
    "nothing": lambda _xml: "",
}


@pytest.mark.parametrize("change", MARKUP.values(), ids=MARKUP.keys())
def test_markup_of_no_use_to_an_honest_provider_is_refused_at_once(answer: Answer, change: Callable[[str], str | bytes]):
    begun = time.monotonic()
    assert why(answer, change(answer.xml)) is Reason.MALFORMED
    assert time.monotonic() - begun < 1


def test_a_posted_answer_is_not_inflated(answer: Answer, saml: SamlProvider):
    """pysaml2 would: a second way to read the same bytes, and a way to make much of little."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(answer.xml.encode()) + packer.flush()
    assert why(answer, packed) is Reason.MALFORMED
    for field in ("", "%%%", base64.b64encode(b"\x00" * 50).decode(), "ا"):
        with pytest.raises(Untrusted) as refused:
            saml.accept(Arrived({"SAMLResponse": field}), lambda _request: True)
        assert refused.value.reason is Reason.MALFORMED
    with pytest.raises(Untrusted):
        saml.accept(Arrived(), lambda _request: True)


def test_the_declaration_an_honest_provider_may_send_is_taken(answer: Answer):
    assert answer.accept('<?xml version="1.0" encoding="utf-8"?>\n' + answer.xml).civil_number == MINE
    assert PORTAL in answer.xml
