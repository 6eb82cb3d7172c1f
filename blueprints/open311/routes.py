"""Open311 GeoReport v2: services, their definitions, filing and reading requests, tokens, discovery. Errors in the format that was asked for.

A service of Open311 is a kind of complaint. Read by anybody from any site; to file, a program has a key. What is read is what the public
list shows: nothing personal. Extensions that others have too: page and page_size, and pictures sent along as `media`.
"""

from flask import Blueprint, g, request
from flask.wrappers import Response
from flask_limiter.util import get_remote_address
from werkzeug.exceptions import HTTPException

from blueprints.language import locale
from blueprints.open311 import filing, formats, reading
from blueprints.open311.problems import Problem
from engine.errors import NotFound, Refusal, TooMany, Unavailable
from engine.wording import LOCALES
from operations import api_keys, rendering, secrets

blueprint = Blueprint("open311", __name__, url_prefix="/open311", cli_group="open311")

LIMITS = {"open311.service_requests": "120/minute;2000/hour"}
VERIFIED_OTHERWISE = ("open311.service_requests",)
FORM = "<any(json, xml):form>"
STATUS: dict[type[Exception], int] = {TooMany: 429, Unavailable: 503, Refusal: 400}


def counted_by() -> str:
    """Whose posts are counted together: a key's; without a known one, an address's."""
    key = _key()
    return secrets.token_hash(key) if api_keys.holder(key) else get_remote_address()


def _key() -> str:
    return request.values.get("api_key", "")[:200]


@blueprint.before_request
def speak() -> None:
    """Arabic, as everywhere, unless the address asks for English: `locale=en`."""
    if request.args.get("locale") in LOCALES:
        g.locale = request.args["locale"]


# --- What is offered -------------------------------------------------------------------------------------------------------------


@blueprint.get(f"/discovery.{FORM}")
def discovery(form: str) -> Response:
    """audience: anyone. Where the endpoint is and what it speaks."""
    return formats.answer(form, "discovery", reading.discovery())


@blueprint.get(f"/v2/services.{FORM}")
def services(form: str) -> Response:
    """audience: anyone. The kinds of complaints."""
    reading.check_jurisdiction()
    return formats.answer(form, "services", reading.services())


@blueprint.get(f"/v2/services/<code>.{FORM}")
def definition(code: str, form: str) -> Response:
    """audience: anyone. What else may be told of a kind."""
    reading.check_jurisdiction()
    return formats.answer(form, "service_definition", reading.definition(code))


# --- Requests --------------------------------------------------------------------------------------------------------------------


@blueprint.route(f"/v2/requests.{FORM}", methods=["GET", "POST"])
def service_requests(form: str) -> Response:
    """audience: anyone; to file, programs with a key. The newest that the filters want; or a new one."""
    reading.check_jurisdiction()
    if request.method == "GET":
        return formats.answer(form, "service_requests", reading.found())
    program = api_keys.holder(_key())
    if program is None:
        raise Problem(403, "api_key is missing, unknown or revoked")
    return formats.answer(form, "service_requests", [filing.file(program)])


@blueprint.get(f"/v2/requests/<reference>.{FORM}")
def service_request(reference: str, form: str) -> Response:
    """audience: anyone. One request."""
    reading.check_jurisdiction()
    return formats.answer(form, "service_requests", [reading.one(reference)])


@blueprint.get(f"/v2/tokens/<token>.{FORM}")
def token(token: str, form: str) -> Response:
    """audience: anyone. The request behind a token. We answer the request's own number at once, so it is its own token."""
    reading.check_jurisdiction()
    found = reading.one(token)["service_request_id"]
    return formats.answer(form, "service_requests", [{"service_request_id": found, "token": found}])


# --- What went wrong -------------------------------------------------------------------------------------------------------------


def _form() -> str:
    return "xml" if request.path.endswith(".xml") else "json"


@blueprint.errorhandler(Problem)
def problem(found: Problem) -> Response:
    return formats.sorry(_form(), found.status, found.description)


@blueprint.errorhandler(Refusal)
def refused(refusal: Refusal) -> Response:
    status = next(status for kind, status in STATUS.items() if isinstance(refusal, kind))
    response = formats.sorry(_form(), status, rendering.translate(refusal.message, locale()))
    if isinstance(refusal, TooMany):
        response.headers["Retry-After"] = str(refusal.retry_after)
    return response


@blueprint.errorhandler(NotFound)
def unknown(_problem: NotFound) -> Response:
    return formats.sorry(_form(), 404, "service_code or service_request_id was not found")


@blueprint.errorhandler(HTTPException)
def refused_by_the_server(problem: HTTPException) -> Response:
    return formats.sorry(_form(), problem.code or 500, str(problem.description))


@blueprint.after_request
def let_others_read(response: Response) -> Response:
    """Pages of other sites may read what anybody may; they cannot file from there, as nothing of the person comes along."""
    if request.method in ("GET", "HEAD"):
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
