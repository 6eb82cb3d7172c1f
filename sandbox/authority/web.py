"""What the authority serves: OCSP by POST (RFC 6960 appendix A) and revocation lists. A blueprint for its host."""

from flask import Blueprint, Response, abort, request

from sandbox.authority.authority import Authority

LARGEST_QUESTION = 10_000


def served(authority: Authority) -> Blueprint:
    """The authority's two addresses, at the root of the host's URL."""
    blueprint = Blueprint("authority", __name__)

    @blueprint.post("/ocsp")
    def answer() -> Response:
        if (request.content_length or 0) > LARGEST_QUESTION:
            abort(413)
        return Response(authority.answer(request.get_data()), mimetype="application/ocsp-response")

    @blueprint.get("/crl/<any(issuing, root):name>.crl")
    def revocation_list(name: str) -> Response:
        return Response(authority.revocation_list(name), mimetype="application/pkix-crl")

    return blueprint
