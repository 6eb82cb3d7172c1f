"""Reading a SAML message so that nobody reads it differently: before any signature is checked, it has exactly the shape we know.

Signature wrapping, XXE, entity bombs and split names all need something in the document that an honest message does not have.
So instead of knowing the attacks, this knows the message: SAML 2.0 core (5.4, signatures) and bindings (3.4 redirect, 3.5 POST).
"""

import base64
import binascii
import re
import zlib
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote_plus
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from gateways.identity_providers.refusals import Reason, Untrusted

SAML = "{urn:oasis:names:tc:SAML:2.0:assertion}"
SAMLP = "{urn:oasis:names:tc:SAML:2.0:protocol}"
DS = "{http://www.w3.org/2000/09/xmldsig#}"
LARGEST = 256 * 1024  # bytes of XML; an answer with its two signatures has some 10 KB
DECLARATION = re.compile(
    r"\A\s*<\?xml\s+version=[\"']1\.0[\"'](\s+encoding=[\"'](?i:utf-8)[\"'])?(\s+standalone=[\"']\w+[\"'])?\s*\?>"
)
IDS = ("ID", "Id", "id", "{http://www.w3.org/XML/1998/namespace}id")
SIGNATURES = {f"http://www.w3.org/2001/04/xmldsig-more#rsa-sha{bits}": f"SHA{bits}" for bits in (256, 384, 512)}
DIGESTS = frozenset(
    {
        "http://www.w3.org/2001/04/xmlenc#sha256",
        "http://www.w3.org/2001/04/xmldsig-more#sha384",
        "http://www.w3.org/2001/04/xmlenc#sha512",
    }
)


@dataclass(frozen=True, slots=True)
class Envelope:
    """`xml` without its declaration, and the same as a tree. What checks the signature is given `xml`, what reads values the tree."""

    xml: str
    root: Element

    @property
    def assertion(self) -> Element:
        found = self.root.find(f"{SAML}Assertion")
        assert found is not None
        return found


@dataclass(frozen=True, slots=True)
class Signed:
    """A redirect's signature: over `text`, the query as it was sent. `algorithm` is its address, one of SIGNATURES."""

    text: bytes
    algorithm: str
    signature: bytes


def posted(form_field: str) -> Envelope:
    """A message from a form: plain base64. (Some readers would also inflate it; then two readers could see two messages.)"""
    return _read(_decoded("".join(form_field.split())))


def redirected(query: str, name: str) -> tuple[Envelope, Signed, str]:
    """A message from a query, with its signature and relay state. A message without a signature is Untrusted."""
    raw = dict(pair.partition("=")[::2] for pair in query.split("&"))
    if len(raw) != len(parse_qsl(query, keep_blank_values=True)):
        raise Untrusted(Reason.MALFORMED, "a parameter twice")
    plain = {key: unquote_plus(value) for key, value in raw.items()}
    if not plain.get("Signature") or not plain.get("SigAlg"):
        raise Untrusted(Reason.UNSIGNED, "a redirect without signature")
    if plain["SigAlg"] not in SIGNATURES:
        raise Untrusted(Reason.WEAK_ALGORITHM, plain["SigAlg"])
    text = "&".join(f"{key}={raw[key]}" for key in (name, "RelayState", "SigAlg") if key in raw)
    signed = Signed(text.encode(), plain["SigAlg"], _decoded(plain["Signature"]))
    return _read(_inflated(_decoded(plain[name]))), signed, plain.get("RelayState", "")


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Untrusted(Reason.MALFORMED, "not base64") from None


def _inflated(data: bytes) -> bytes:
    """Never more than LARGEST, however small it was packed."""
    try:
        return zlib.decompressobj(-15).decompress(data, LARGEST + 1)
    except zlib.error:
        raise Untrusted(Reason.MALFORMED, "not deflated") from None


def _read(data: bytes) -> Envelope:
    """UTF-8 with no other markup than elements: `<!` would begin a DOCTYPE, a comment or CDATA, `<?` an instruction."""
    if len(data) > LARGEST:
        raise Untrusted(Reason.MALFORMED, "too large")
    try:
        xml = DECLARATION.sub("", data.decode("utf-8"), count=1).strip()
        if "<!" in xml or "<?" in xml:
            raise Untrusted(Reason.MALFORMED, "a DOCTYPE, comment, CDATA or instruction")
        root = ElementTree.fromstring(xml)
    except (UnicodeDecodeError, ElementTree.ParseError) as problem:
        raise Untrusted(Reason.MALFORMED, str(problem)) from None
    ids = [value for element in root.iter() for name, value in element.items() if name in IDS]
    if len(ids) != len(set(ids)):
        raise Untrusted(Reason.WRAPPED, "an ID twice")
    return Envelope(xml, root)


def must_be(envelope: Envelope, kind: str) -> None:
    """The root is that message of the protocol, such as Response."""
    if envelope.root.tag != f"{SAMLP}{kind}":
        raise Untrusted(Reason.MALFORMED, f"{envelope.root.tag} instead of {kind}")


def must_hold_one_assertion(envelope: Envelope) -> None:
    """One assertion in the whole document, a child of the root, and nothing encrypted: we publish no key for that."""
    root = envelope.root
    everywhere = [element for element in root.iter() if element.tag in (f"{SAML}Assertion", f"{SAML}EncryptedAssertion")]
    if len(everywhere) != 1 or root.findall(f"{SAML}Assertion") != everywhere:
        raise Untrusted(Reason.WRAPPED, f"{len(everywhere)} assertions")


def must_be_signed(envelope: Envelope, *elements: Element) -> None:
    """Each of these elements has a signature as its child, over itself alone, of an algorithm we take; there is no other signature."""
    signatures = [element.find(f"{DS}Signature") for element in elements]
    if None in signatures:
        raise Untrusted(Reason.UNSIGNED, "a signature is missing")
    if len(list(envelope.root.iter(f"{DS}Signature"))) != len(elements):
        raise Untrusted(Reason.WRAPPED, "more signatures than needed")
    for element, signature in zip(elements, signatures, strict=True):
        assert signature is not None
        references = [reference.get("URI") for reference in signature.iter(f"{DS}Reference")]
        if references != [f"#{element.get('ID')}"] or list(signature.iter(f"{DS}Object")):
            raise Untrusted(Reason.WRAPPED, "a signature over something else")
        methods = {method.get("Algorithm") for method in signature.iter(f"{DS}SignatureMethod")}
        digests = {method.get("Algorithm") for method in signature.iter(f"{DS}DigestMethod")}
        if not methods <= SIGNATURES.keys() or not digests <= DIGESTS:
            raise Untrusted(Reason.WEAK_ALGORITHM, f"{methods} {digests}")
