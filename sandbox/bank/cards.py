"""The cards this bank knows, and what each of them does. No other number is accepted, so no real card can be used by mistake."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

VISA, MASTERCARD = "001", "002"
BRANDS = {VISA: "Visa", MASTERCARD: "Mastercard"}

# When the bank answers the browser and the merchant: at once; at once, and the merchant a second time; some seconds later;
# only after the merchant has asked; never (the money is taken, and only asking tells).
Answer = Literal["at once", "twice", "late", "when asked", "never"]


@dataclass(frozen=True)
class Card:
    """A test number. `decision`, `reason` and `flag` as the wire says them; `part` is how much of the amount is approved."""

    number: str
    brand: str
    does: str
    decision: str = "ACCEPT"
    reason: str = "100"
    flag: str = "SOK"
    answer: Answer = "at once"
    part: Decimal = Decimal(1)

    @property
    def masked(self) -> str:
        return f"{self.number[:6]}xxxxxx{self.number[-4:]}"

    @property
    def grouped(self) -> str:
        return " ".join(self.number[start : start + 4] for start in range(0, len(self.number), 4))


CARDS = (
    Card("4111111111111111", VISA, "approve"),
    Card("5555555555554444", MASTERCARD, "approve"),
    Card("4000000000009995", VISA, "no_funds", "DECLINE", "204", "DNOFUNDS"),
    Card("5105105105105100", MASTERCARD, "refused_card", "DECLINE", "203", "DCARDREFUSED"),
    Card("4000000000000259", VISA, "review_card", "REVIEW", "480", "DREVIEW"),
    Card("4000000000000341", VISA, "partial", "ACCEPT", "110", "SPARTIALAPPROVAL", part=Decimal("0.5")),
    Card("4000000000000119", VISA, "fault", "ERROR", "150", "ESYSTEM"),
    Card("4000000000000226", VISA, "twice", answer="twice"),
    Card("4000000000000333", VISA, "late", answer="late"),
    Card("4000000000000424", VISA, "when_asked", answer="when asked"),
    Card("4000000000000515", VISA, "never", answer="never"),
)
BY_NUMBER = {card.number: card for card in CARDS}
