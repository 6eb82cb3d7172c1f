"""Headers every answer carries: what a page may load, where a form may go, who may frame it (nobody)."""

from flask import Flask, current_app, g, request
from flask.wrappers import Response

POLICY = (
    "default-src 'none'; object-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:{tiles}; font-src 'self'; "
    "connect-src 'self'{agent}; worker-src 'self'; manifest-src 'self'; form-action 'self' {bank}; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(self), payment=(), loopback-network=(self), local-network-access=(self)",
}
A_YEAR = 365 * 24 * 3600


def admit_card_agent() -> None:
    """This page may talk to the card reader program on the person's own computer; no other page may."""
    g.card_page = True


def init_app(app: Flask, bank_origin: str, tiles_origin: str, https: bool) -> None:
    """`tiles_origin` is where maps have their tiles from: pages change without being loaded anew, so every page may."""
    tiles = f" {tiles_origin}" if tiles_origin else ""
    policy = POLICY.format(bank=bank_origin, tiles=tiles, agent="")

    @app.after_request
    def protect(response: Response) -> Response:
        with_card = f" {current_app.config['CARD_AGENT']}" if g.get("card_page") else None
        response.headers.setdefault(
            "Content-Security-Policy", POLICY.format(bank=bank_origin, tiles=tiles, agent=with_card) if with_card else policy
        )
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if https:
            response.headers["Strict-Transport-Security"] = f"max-age={A_YEAR}; includeSubDomains"
        if request.endpoint != "static":
            response.headers["Cache-Control"] = "no-store"  # also where a file is sent, which says no-cache
        return response
