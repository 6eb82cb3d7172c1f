"""Asking the issuer whether a certificate was cancelled: OCSP (RFC 6960) and CRL (RFC 5280), remembered while fresh.

pyhanko-certvalidator judges the answers; these are its fetchers, over httpx. They differ from the ones it ships: an OCSP answer
must carry our nonce and be young, downloads are bounded, and answers are remembered between validations.
No issuer's certificate is ever fetched: they are pinned.
"""

import datetime as dt
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any

import httpx
from asn1crypto import crl, ocsp, pem, x509
from pyhanko_certvalidator.authority import Authority
from pyhanko_certvalidator.errors import CRLFetchError, OCSPFetchError, OCSPValidationError
from pyhanko_certvalidator.fetchers import CertificateFetcher, CRLFetcher, Fetchers, OCSPFetcher
from pyhanko_certvalidator.fetchers.common_utils import (
    enumerate_delivery_point_urls,
    format_ocsp_request,
    process_ocsp_response_data,
)
from pyhanko_certvalidator.policy_decl import CertRevTrustPolicy, RevocationCheckingPolicy, RevocationCheckingRule
from pyhanko_certvalidator.util import get_ocsp_urls, get_relevant_crl_dps, issuer_serial

from gateways import tls
from gateways.certificates.requester import Requester

LARGEST_OCSP = 64 * 1024
LARGEST_CRL = 16 * 1024 * 1024

# What httpx and asn1crypto raise for an answer that did not come or is not what it should be.
UNREADABLE = (httpx.HTTPError, httpx.InvalidURL, ValueError, TypeError, IndexError)


class Source(Enum):
    """Which answers are needed about the person's certificate. There is no way to ask for none."""

    OCSP_OR_CRL = RevocationCheckingRule.CRL_OR_OCSP_REQUIRED
    OCSP = RevocationCheckingRule.OCSP_REQUIRED
    CRL = RevocationCheckingRule.CRL_REQUIRED
    OCSP_AND_CRL = RevocationCheckingRule.CRL_AND_OCSP_REQUIRED


@dataclass(frozen=True, slots=True)
class Revocation:
    """How to ask. An authority that signs its OCSP answers in advance needs `nonce=False` and an `oldest_ocsp` of its period.

    With a `requester` our OCSP requests are signed, for authorities that answer only known relying parties.
    """

    source: Source = Source.OCSP_OR_CRL
    nonce: bool = True
    oldest_ocsp: dt.timedelta = dt.timedelta(minutes=15)
    remember_ocsp: dt.timedelta = dt.timedelta(minutes=2)
    remember_crl: dt.timedelta = dt.timedelta(hours=1)
    seconds: float = 5.0
    requester: Requester | None = None

    @property
    def policy(self) -> CertRevTrustPolicy:
        """For pyhanko-certvalidator. A pinned intermediate may have no revocation address; if it states one, it must answer."""
        rules = RevocationCheckingPolicy(self.source.value, RevocationCheckingRule.CHECK_IF_DECLARED)
        return CertRevTrustPolicy(revocation_checking_policy=rules)


@cache
def client(seconds: float) -> httpx.Client:
    """Shared by all who wait as long."""
    return httpx.Client(timeout=seconds, verify=tls.usual())


class Memory:
    """Answers of issuers with the moment until which they are used again. One for all threads."""

    def __init__(self) -> None:
        self._answers: dict[Any, tuple[dt.datetime, Any]] = {}
        self._lock = threading.Lock()

    def recall(self, key: Any, at: dt.datetime) -> Any | None:
        """The remembered answer, unless it has had its time."""
        until, answer = self._answers.get(key, (at, None))
        return answer if until > at else None

    def keep(self, answers: dict[Any, tuple[dt.datetime, Any]], at: dt.datetime) -> None:
        """Remember, and forget what has had its time, so that it never grows beyond the people of the last minutes."""
        with self._lock:
            self._answers = {key: known for key, known in self._answers.items() if known[0] > at} | answers


class Asking:
    """One validation's questions at one moment. What it fetched is remembered when told so: once it proved to be the issuer's."""

    def __init__(self, settings: Revocation, client: httpx.Client, memory: Memory, at: dt.datetime, skew: dt.timedelta) -> None:
        self.settings, self.at, self.skew = settings, at, skew
        self._client, self._memory = client, memory
        self._fetched: dict[Any, tuple[dt.datetime, Any]] = {}

    @property
    def fetchers(self) -> Fetchers:
        """For pyhanko-certvalidator."""
        return Fetchers(Ocsp(self), Crl(self), NoIssuers())

    def recall(self, key: Any) -> Any | None:
        """An answer remembered from an earlier validation."""
        return self._memory.recall(key, self.at)

    def note(self, key: Any, answer: Any, *, until: dt.datetime) -> None:
        """An answer just fetched, not yet judged."""
        self._fetched[key] = (until, answer)

    def remember(self) -> None:
        """The answers were judged good."""
        if self._fetched:
            self._memory.keep(self._fetched, self.at)

    def download(self, largest: int, method: str, url: str, **request: Any) -> bytes:
        """The body, at most `largest` bytes of it; redirects are not followed."""
        with self._client.stream(method, url, **request) as response:
            if response.status_code != httpx.codes.OK:
                raise ValueError(f"status {response.status_code}")
            content = bytearray()
            for chunk in response.iter_bytes():
                content += chunk
                if len(content) > largest:
                    raise ValueError(f"more than {largest} bytes")
        return bytes(content)


class Ocsp(OCSPFetcher):
    """OCSP answers, one per certificate."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    async def fetch(self, cert: x509.Certificate, authority: Authority) -> ocsp.OCSPResponse:
        request = format_ocsp_request(cert, authority, certid_hash_algo="sha1", request_nonces=self._asking.settings.nonce)
        if self._asking.settings.requester:
            request = self._asking.settings.requester.signed(request)
        trouble = "the certificate names no OCSP address"
        for url in get_ocsp_urls(cert):
            try:
                response = self._ask(url, request)
            except (*UNREADABLE, OCSPValidationError) as problem:
                trouble = f"{url}: {problem}"
            else:
                self._asking.note(issuer_serial(cert), response, until=self._asking.at + self._asking.settings.remember_ocsp)
                return response
        raise OCSPFetchError(trouble)

    def fetched_responses_for_cert(self, cert: x509.Certificate) -> Iterable[ocsp.OCSPResponse]:
        remembered = self._asking.recall(issuer_serial(cert))
        return [remembered] if remembered else []

    def fetched_responses(self) -> Iterable[ocsp.OCSPResponse]:
        return []

    def _ask(self, url: str, request: ocsp.OCSPRequest) -> ocsp.OCSPResponse:
        headers = {"Content-Type": "application/ocsp-request", "Accept": "application/ocsp-response"}
        content = self._asking.download(LARGEST_OCSP, "POST", url, content=request.dump(), headers=headers)
        response = process_ocsp_response_data(content, ocsp_request=request, ocsp_url=url)
        if self._asking.settings.nonce and response.nonce_value is None:
            raise ValueError("the answer does not carry our nonce")
        if _this_update(response) < self._asking.at - self._asking.settings.oldest_ocsp - self._asking.skew:
            raise ValueError("the answer is too old")
        return response


class Crl(CRLFetcher):
    """Lists of revoked certificates, by address; remembered until their own next update at most."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    async def fetch(self, cert: x509.Certificate, *, use_deltas: bool | None = True) -> list[crl.CertificateList]:
        points = get_relevant_crl_dps(cert, use_deltas=use_deltas)
        found, troubles = [], []
        for url in (url for point in points for url in enumerate_delivery_point_urls(point)):
            try:
                found.append(self._asking.recall(url) or self._get(url))
            except UNREADABLE as problem:
                troubles.append(f"{url}: {problem}")
        if troubles and not found:
            raise CRLFetchError("; ".join(troubles))
        return found

    def fetched_crls_for_cert(self, cert: x509.Certificate) -> Iterable[crl.CertificateList]:
        raise KeyError(cert)  # pyhanko then calls `fetch`, which looks into the memory by address

    def fetched_crls(self) -> Iterable[crl.CertificateList]:
        return []

    def _get(self, url: str) -> crl.CertificateList:
        content = self._asking.download(LARGEST_CRL, "GET", url, headers={"Accept": "application/pkix-crl"})
        found = crl.CertificateList.load(pem.unarmor(content)[2] if pem.detect(content) else content, strict=True)
        stated = found["tbs_cert_list"]["next_update"].native or self._asking.at
        self._asking.note(url, found, until=min(self._asking.at + self._asking.settings.remember_crl, stated))
        return found


class NoIssuers(CertificateFetcher):
    """Issuers are pinned in the configuration, never fetched from an address that an unverified certificate names."""


def _this_update(response: ocsp.OCSPResponse) -> dt.datetime:
    return response.response_data["responses"][0]["this_update"].native
