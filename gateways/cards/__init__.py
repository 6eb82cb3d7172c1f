"""Smart cards: what the card in a person's reader signed, judged. `web_eid` is the token that reader programs send."""

from gateways.cards.web_eid import WebEid

__all__ = ["WebEid"]
