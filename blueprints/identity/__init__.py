"""Proving who is acting, and coming back to the step that asked for it; signing in with a card or Mobile ID; linking a card."""

from blueprints.identity import commands, linking, signing_in
from blueprints.identity.routes import blueprint

LIMITS = {
    "identity.ring": "20/minute",
    "identity.prove_by_card": "20/minute",
    "identity.challenge": "20/minute",
    "identity.card_sign_in": "20/minute",
    "identity.card_sign_in_challenge": "20/minute",
    "identity.phone_sign_in": "20/minute",
    "identity.newcomer": "24/hour",
    "identity.link_card": "20/minute",
    "identity.link_challenge": "20/minute",
}

__all__ = ["LIMITS", "blueprint", "commands", "linking", "signing_in"]
