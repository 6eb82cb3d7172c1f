"""Smart cards: what the card in a person's reader signed, judged. `web_eid` reads what reader programs send."""

from gateways.cards.web_eid import WebEid, certificate_in, signature_in

__all__ = ["WebEid", "certificate_in", "signature_in"]
