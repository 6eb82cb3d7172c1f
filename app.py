"""The only wiring: settings become a database, adapters, a catalogue and a Flask application."""

import datetime as dt
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from flask import Flask, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf import CSRFProtect
from htmx_flask import Htmx
from werkzeug.middleware.proxy_fix import ProxyFix

import blueprints.accounts
import blueprints.actor
import blueprints.administration
import blueprints.agreements
import blueprints.applications
import blueprints.appointments
import blueprints.audit
import blueprints.chamber
import blueprints.checks
import blueprints.complaints
import blueprints.counter
import blueprints.desk
import blueprints.documents
import blueprints.errors
import blueprints.fees
import blueprints.guests
import blueprints.hours
import blueprints.identity
import blueprints.identity.provider
import blueprints.language
import blueprints.lists
import blueprints.municipality
import blueprints.offices
import blueprints.offices.batches
import blueprints.open311
import blueprints.operating
import blueprints.page
import blueprints.pages
import blueprints.payments
import blueprints.payouts
import blueprints.people
import blueprints.registers
import blueprints.reminders
import blueprints.residency
import blueprints.security
import blueprints.style
import blueprints.supervision
import blueprints.tracking
import models
import tasks
from config import ROOT, Settings, Unsafe, origin
from databases import database_at
from engine.assurance import Assurance
from engine.catalogue import catalogue
from gateways import identity_providers
from gateways.cards import WebEid
from gateways.certificates import CertificateValidator, PersonRule, Purpose, Requester, Revocation
from gateways.mail import Failover
from gateways.mail.smtp import SmtpMailer
from gateways.mobile_id.rest import RestMobileId
from gateways.payments.cybersource import CyberSource
from gateways.registers.violations import ViolationsRegister
from gateways.sms.kannel import KannelTexter
from gateways.storage.folder import FolderStorage
from operations import now
from operations.outside import outside

if TYPE_CHECKING:
    from gateways.identity_providers import IdentityProvider
    from gateways.pdf.card_signature import CardSignature
    from gateways.pdf.seal import Seal
    from gateways.pdf.xhtml import XhtmlRenderer

DEMONSTRATION = "Bawaba Demo"  # in the name of the authority that `make setup` makes
AUTHORITIES = (blueprints.chamber.authority, blueprints.municipality.authority, blueprints.residency.authority)
WEB = (
    blueprints.pages,
    blueprints.accounts,
    blueprints.applications,
    blueprints.appointments,
    blueprints.agreements,
    blueprints.identity,
    blueprints.identity.provider,
    blueprints.payments,
    blueprints.payouts,
    blueprints.documents,
    blueprints.checks,
    blueprints.reminders,
    blueprints.people,
    blueprints.lists,
    blueprints.tracking,
    blueprints.desk,
    blueprints.audit,
    blueprints.administration,
    blueprints.hours,
    blueprints.supervision,
    blueprints.offices,
    blueprints.counter,
    blueprints.offices.batches,
    blueprints.guests,
    blueprints.complaints,
    blueprints.open311,
    blueprints.fees,
    blueprints.registers,
    blueprints.operating,
)
"""Each has a `blueprint`; its routes say their audience, its commands sit beside them."""


def create_app(settings: Settings | None = None) -> Flask:
    settings = settings or Settings.from_env()
    wire(settings)
    app = Flask(__name__, template_folder=None)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        DEVELOPMENT=not settings.production,
        MAILBOX_URL=settings.mailbox_url,
        SANDBOX_HEALTH=settings.sandboxes,
        PHONE_URL=settings.mobile_id_url,
        MAP_TILES=settings.map_tiles,
        MAP_ATTRIBUTION=settings.map_attribution,
        CARD_AGENT=f"http://127.0.0.1:{settings.card_agent_port}",
        SETTINGS=settings,
        MAX_CONTENT_LENGTH=64 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        SESSION_COOKIE_NAME="__Host-session" if settings.https else "session",
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a form left open over lunch still arrives
        WTF_CSRF_SSL_STRICT=False,
        RATELIMIT_STORAGE_URI=settings.rate_limit_storage,
        RATELIMIT_HEADERS_ENABLED=False,
    )
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, settings.trusted_proxies, settings.trusted_proxies, settings.trusted_proxies)  # type: ignore[method-assign]
    Htmx(app)
    csrf = CSRFProtect(app)
    limiter = Limiter(get_remote_address, app=app)
    _share_connection(app)
    blueprints.security.init_app(
        app, " ".join([settings.bank_origin, *_provider_origins(settings)]), _origin_of_tiles(settings), settings.https
    )
    blueprints.language.init_app(app)
    blueprints.actor.init_app(app)
    blueprints.page.init_app(app)
    blueprints.errors.init_app(app)
    views = cast(dict[str, Any], app.view_functions)
    for web in WEB:
        app.register_blueprint(web.blueprint)
        for name, limits in getattr(web, "LIMITS", {}).items():
            whose = getattr(web, "counted_by", get_remote_address)
            views[name] = limiter.limit(limits, key_func=whose, methods=["POST"], cost=getattr(web, "cost", 1))(views[name])
        for name in getattr(web, "VERIFIED_OTHERWISE", ()):
            csrf.exempt(views[name])
    if not settings.production:
        app.register_blueprint(blueprints.style.blueprint)
    app.cli.command("work", help="تشغيل العامل · Run the queue's worker.")(tasks.work)
    return app


def wire(settings: Settings) -> None:
    """Fill what operations reach for. Web, worker and commands all start here."""
    settings.var.mkdir(parents=True, exist_ok=True)
    models.database.initialize(database_at(settings.database))
    catalogue.fill(AUTHORITIES)
    now.set_business_day(settings.today)
    outside.portal_url = settings.portal_url
    outside.key = settings.secret_key.encode()
    outside.mailer = Failover([SmtpMailer.from_url(url, sender=settings.mail_from) for url in settings.mail_urls.split()])
    outside.texter = Failover([KannelTexter.from_url(url, sender=settings.sms_from) for url in settings.sms_urls.split()])
    outside.bank = CyberSource(
        endpoint=settings.bank_url,
        access_key=settings.bank_access_key,
        profile_id=settings.bank_profile_id,
        secret=settings.bank_secret,
        merchant_id=settings.bank_merchant_id,
        rest_key_id=settings.bank_rest_key_id,
        rest_secret=settings.bank_rest_secret,
        rest_url=settings.bank_rest_url,
        mode=settings.bank_mode,
        now=now.now,
    )
    outside.sms_hourly_budget = settings.sms_hourly_budget
    outside.altcha_cost = settings.altcha_cost
    outside.demo_fees = not settings.production
    outside.storage = FolderStorage(settings.var / "documents")
    outside.renderer = _later(_renderer)
    outside.seal = _later(lambda: _seal(settings))
    outside.mobile_id = RestMobileId(
        url=settings.mobile_id_url, relying_party_uuid=settings.mobile_id_party, relying_party_name=settings.mobile_id_party_name
    )
    outside.registers = {
        "municipality.violations": ViolationsRegister(
            url=settings.violations_url, key_id=settings.violations_key_id, secret=settings.violations_secret
        )
    }
    outside.certificates = _validator(
        settings, settings.trust_roots, settings.trust_intermediates, settings.trust_policies, settings.trust_person_rule
    )
    cards = _validator(
        settings, settings.card_roots, settings.card_intermediates, settings.card_policies, settings.card_person_rule
    )
    outside.signers = _validator(
        settings,
        settings.card_roots,
        settings.card_intermediates,
        settings.signing_policies,
        settings.card_person_rule,
        purpose=Purpose.SIGNING,
    )
    outside.card_signature = _later(lambda: _card_signature(settings))
    outside.cards = WebEid(origin=origin(settings.portal_url), certificates=cards) if cards else None
    outside.identity_provider = _later(lambda: _identity_provider(settings)) if settings.saml_idp_metadata else None
    tasks.hang_doorbell(tasks.make_queue(settings.database, settings.var))


def _later(make: Callable[[], Any]) -> Any:
    """An adapter that is made when it is first used: drawing and sealing costs 46 MB and half a second, and only the worker draws."""

    class Later:
        made = cached_property(lambda self: make())

        def __getattr__(self, name: str) -> Any:
            return getattr(self.made, name)

    return Later()


def _renderer() -> "XhtmlRenderer":
    from gateways.pdf.xhtml import XhtmlRenderer

    return XhtmlRenderer(ROOT / "static" / "documents")


def _seal(settings: Settings) -> "Seal":
    from gateways.pdf.development_seal import make_development_seal
    from gateways.pdf.seal import Seal

    if settings.seal_module:
        return Seal.from_pkcs11(Path(settings.seal_module), settings.seal_token, settings.seal_pin, settings.seal_key)
    if settings.seal_key:
        return Seal.from_files(
            Path(settings.seal_key), Path(settings.seal_certificate), [Path(file) for file in settings.seal_chain.split()]
        )
    made = make_development_seal(settings.var / "seal")
    return Seal.from_files(made.key, made.certificate, [made.authority])


def _validator(
    settings: Settings,
    roots: str,
    intermediates: str,
    policies: str,
    person_rule: str,
    *,
    purpose: Purpose = Purpose.LOGGING_IN,
) -> CertificateValidator | None:
    """Who may vouch for people. In development the sandbox's authority, once `make setup` has made it; nobody until then.

    Raises Unsafe when production is told to trust that one: its key lies in a folder of the demonstration.
    """
    trusted = [Path(file) for file in roots.split()] or [_sandbox_authority(settings) / "root.pem"]
    if not all(file.exists() for file in trusted):
        return None
    validator = CertificateValidator(
        roots=trusted,
        intermediates=_intermediates(settings, intermediates),
        policies=policies.split(),
        purpose=purpose,
        person_rule=PersonRule(pattern=person_rule),
        revocation=Revocation(requester=_requester(settings)),
        clock_skew=dt.timedelta(seconds=settings.trust_leeway),
    )
    if settings.production and any(DEMONSTRATION in root for root in validator.roots):
        raise Unsafe(f"TRUST_ROOTS, CARD_ROOTS: {DEMONSTRATION}'s authority is trusted by nobody in production.")
    return validator


def _intermediates(settings: Settings, given: str) -> list[Path]:
    between = [Path(file) for file in given.split()] or [_sandbox_authority(settings) / "issuing.pem"]
    return [file for file in between if file.exists()]


def _sandbox_authority(settings: Settings) -> Path:
    return settings.var / "sandbox" / "authority"


def _card_signature(settings: Settings) -> "CardSignature":
    from gateways.pdf.card_signature import CardSignature

    return CardSignature(_intermediates(settings, settings.card_intermediates))


def _requester(settings: Settings) -> Requester | None:
    if bool(settings.ocsp_key) != bool(settings.ocsp_certificate):
        raise Unsafe("OCSP_KEY, OCSP_CERTIFICATE: set both, or neither.")
    return Requester(Path(settings.ocsp_key), Path(settings.ocsp_certificate)) if settings.ocsp_key else None


def _identity_provider(settings: Settings) -> "IdentityProvider":
    """Made when it is first used: it needs pysaml2 and xmlsec1, which a portal without a provider does without."""
    from gateways.identity_providers.saml import Attributes, SamlProvider

    ours = f"{settings.portal_url}/identity/provider"
    return SamlProvider(
        metadata=Path(settings.saml_idp_metadata),
        key=Path(settings.saml_key),
        certificate=Path(settings.saml_certificate),
        entity_id=settings.saml_entity_id or f"{ours}/metadata",
        answers_at=f"{ours}/acs",
        log_out_at=f"{ours}/logout",
        attributes=Attributes(
            settings.saml_civil_number_attribute, settings.saml_civil_number_pattern, settings.saml_name_attribute
        ),
        contexts={context: Assurance(worth) for context, worth in settings.saml_worth.items()},
        clock_skew=settings.saml_clock_skew,
    )


def _origin_of_tiles(settings: Settings) -> str:
    return origin(settings.map_tiles) if settings.map_tiles else ""


def _provider_origins(settings: Settings) -> list[str]:
    return identity_providers.origins(Path(settings.saml_idp_metadata)) if settings.saml_idp_metadata else []


def _share_connection(app: Flask) -> None:
    """One connection per thread, opened once and kept: opening one costs more than most queries."""

    @app.before_request
    def connect_once() -> None:
        if request.endpoint == "operating.healthz":
            return  # it says itself when the database is away
        models.database.connect(reuse_if_open=True)
