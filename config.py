"""Settings, read once from the environment. Development needs none of them; production refuses to start on an unsafe one."""

import datetime as dt
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

ROOT = Path(__file__).parent
DEVELOPMENT_KEY = "development-only-not-a-secret"
EXAMPLES = "2.999."  # the arc set aside for examples (ITU-T X.660): the demonstration's authority issues under it
ENVIRONMENTS = ("development", "production")  # a misspelt one must not pass for development


class Unsafe(Exception):
    """Production settings that would put money, data or people at risk."""


@dataclass(frozen=True)
class Settings:
    """Each name, in capitals, is an environment variable. Lists are separated by spaces."""

    portal_env: str = "development"
    portal_url: str = "http://127.0.0.1:8000"
    portal_today: str = ""  # moves the business day; refused in production
    portal_var: str = str(ROOT / "var")
    secret_key: str = DEVELOPMENT_KEY
    database_url: str = ""  # empty: SQLite in portal_var
    rate_limit_storage: str = "memory://"  # several processes need redis://
    trusted_proxies: int = 0

    mail_urls: str = "smtp://localhost:8004"  # the first is tried first
    mail_from: str = "Bawaba <no-reply@bawaba.example>"
    sms_urls: str = "http://localhost:8003/cgi-bin/sendsms?username=bawaba&password=development"
    sms_from: str = "Bawaba"
    sms_hourly_budget: int = 500

    bank_url: str = "http://localhost:8001/pay"
    bank_rest_url: str = "http://localhost:8001"
    bank_mode: Literal["test", "live"] = "test"
    bank_access_key: str = ""
    bank_profile_id: str = ""
    bank_secret: str = ""
    bank_merchant_id: str = ""
    bank_rest_key_id: str = ""
    bank_rest_secret: str = ""

    mobile_id_url: str = "http://localhost:8002"
    mobile_id_party: str = "00000000-0000-0000-0000-000000000000"
    mobile_id_party_name: str = "Bawaba"
    trust_roots: str = ""
    trust_intermediates: str = ""
    trust_policies: str = "2.999.968.1.1"  # the demo authority's; 2.999 is the documentation arc
    trust_person_rule: str = r"PNOOM-([0-9]{1,9})"
    trust_leeway: int = 60  # seconds by which an issuer's clock may differ from ours

    card_roots: str = ""  # PEM files of who issues ID cards, and below them of their intermediates
    card_intermediates: str = ""
    card_policies: str = "2.999.968.1.2"  # not those of Mobile ID: a SIM must never pass for a card
    signing_policies: str = "2.999.968.1.3"  # under which cards sign documents, issued by the same
    card_person_rule: str = r"PNOOM-([0-9]{1,9})"
    card_agent_port: int = 8006  # where the card reader program listens on each person's computer
    ocsp_key: str = ""  # for issuers that answer only signed questions: our key and certificate, as PEM files
    ocsp_certificate: str = ""

    # an external identity provider by SAML 2.0; all of it is off while its metadata is not given
    saml_idp_metadata: str = ""
    saml_key: str = ""
    saml_certificate: str = ""
    saml_entity_id: str = ""  # empty: the address of our own metadata
    saml_civil_number_attribute: str = ""
    saml_civil_number_pattern: str = r"([0-9]{1,9})"
    saml_name_attribute: str = ""
    saml_contexts: str = ""  # context=2 (substantial) or context=3 (high)
    saml_clock_skew: int = 60  # seconds

    seal_key: str = ""
    seal_certificate: str = ""
    seal_chain: str = ""
    seal_module: str = ""  # a PKCS#11 library: the key then stays in its device and SEAL_KEY is its label
    seal_token: str = ""
    seal_pin: str = ""

    map_tiles: str = ""  # such as https://tiles.example.om/{z}/{x}/{y}.png; empty: maps show our own sketch alone
    map_attribution: str = ""  # whom to thank for the tiles: plain text

    altcha_cost: int = 50_000
    mailbox_url: str = "http://localhost:8003"  # development only: where sent mails and SMS can be read

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Raises Unsafe when production is asked for and a setting would be dangerous; the message lists every one."""
        given: dict[str, Any] = {}
        for field in fields(cls):
            text = environ.get(field.name.upper())
            if text is not None:
                given[field.name] = int(text) if field.type is int else text
        settings = cls(**given)
        if settings.portal_env not in ENVIRONMENTS:
            raise Unsafe(f"PORTAL_ENV: must be one of {', '.join(ENVIRONMENTS)}; it is {settings.portal_env!r}.")
        if settings.production and (problems := list(settings.problems())):
            raise Unsafe("\n".join(problems))
        return settings

    @property
    def production(self) -> bool:
        return self.portal_env == "production"

    @property
    def var(self) -> Path:
        return Path(self.portal_var)

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.var / 'bawaba.db'}"

    @property
    def https(self) -> bool:
        return self.portal_url.startswith("https://")

    @property
    def today(self) -> dt.date | None:
        return dt.date.fromisoformat(self.portal_today) if self.portal_today else None

    @property
    def sandboxes(self) -> dict[str, str]:
        """Where the sandboxes answer for their health; none in production."""
        if self.production:
            return {}
        return {"bank": self.bank_rest_url, "mobile_id": self.mobile_id_url, "mailbox": self.mailbox_url}

    @property
    def bank_origin(self) -> str:
        return origin(self.bank_url)

    @property
    def saml_worth(self) -> dict[str, int]:
        """Authentication context → assurance, of those given as `context=2` or `context=3`."""
        pairs = (given.rpartition("=") for given in self.saml_contexts.split())
        return {context: int(worth) for context, _sign, worth in pairs if context and worth in ("2", "3")}

    def problems(self) -> Iterator[str]:
        """What would be unsafe in production, one sentence each, naming the variable to set."""
        yield from (sentence for wrong, sentence in self._checks() if wrong)

    def _checks(self) -> Iterator[tuple[bool, str]]:
        yield (
            self.secret_key == DEVELOPMENT_KEY or len(self.secret_key) < 32,
            "SECRET_KEY: set a random one of at least 32 characters.",
        )
        yield not self.https, "PORTAL_URL: must be the public https:// address."
        yield bool(self.portal_today), "PORTAL_TODAY: moves the business day; it must be empty."
        yield self.bank_mode != "live", "BANK_MODE: must be live."
        for name in ("bank_url", "bank_rest_url", "mobile_id_url"):
            url = getattr(self, name)
            yield (
                not url.startswith("https://") or _local(url),
                f"{name.upper()}: points at a sandbox; set the provider's https:// address.",
            )
        for name in (
            "bank_access_key",
            "bank_profile_id",
            "bank_secret",
            "bank_merchant_id",
            "bank_rest_key_id",
            "bank_rest_secret",
        ):
            yield not getattr(self, name), f"{name.upper()}: missing; the acquirer gives it."
        for name in ("trust_roots", "card_roots", "seal_key", "seal_certificate"):
            yield not getattr(self, name), f"{name.upper()}: missing; development files are not trusted in production."
        for name in ("trust_policies", "card_policies", "signing_policies"):
            policies = getattr(self, name).split()
            yield (
                not policies or any(policy.startswith(EXAMPLES) for policy in policies),
                f"{name.upper()}: missing, or the demonstration's; set the policies of the real issuer.",
            )
        yield (
            bool(set(self.trust_policies.split()) & set(self.card_policies.split())),
            "CARD_POLICIES: shares a policy with TRUST_POLICIES; a SIM would pass for a card.",
        )
        yield (
            bool(set(self.trust_policies.split()) & set(self.signing_policies.split())),
            "SIGNING_POLICIES: shares a policy with TRUST_POLICIES; a SIM would sign for a card.",
        )
        yield (
            bool(self.map_tiles) and not self.map_tiles.startswith("https://"),
            "MAP_TILES: must be an https:// address, or empty.",
        )
        for name in ("saml_key", "saml_certificate", "saml_civil_number_attribute", "saml_contexts"):
            yield (
                bool(self.saml_idp_metadata) and not getattr(self, name),
                f"{name.upper()}: missing; SAML_IDP_METADATA needs it.",
            )
        yield len(self.saml_worth) != len(self.saml_contexts.split()), "SAML_CONTEXTS: each must be context=2 or context=3."
        for name in ("mail_urls", "sms_urls"):
            urls = getattr(self, name).split()
            yield (
                not urls or any(_local(url) or url.startswith("http://") for url in urls),
                f"{name.upper()}: missing, open to read on its way, or the sandbox mailbox; set a real provider.",
            )
        yield (
            self.rate_limit_storage in ("", "memory://"),
            "RATE_LIMIT_STORAGE: several workers need a shared one, such as redis://host.",
        )


def origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _local(url: str) -> bool:
    return urlsplit(url).hostname in {"localhost", "127.0.0.1", "::1"}
