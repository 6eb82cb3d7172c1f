"""Double entry: every journal is a set of postings that sum to zero. Positive is a debit, negative a credit; whole baisa."""

from collections.abc import Iterable
from dataclasses import dataclass

from engine.fees import Line
from engine.money import Money


@dataclass(frozen=True, slots=True)
class Posting:
    account: str
    amount: Money


def clearing(provider: str, mode: str) -> str:
    """What the acquirer owes us until it pays out."""
    return f"clearing:{provider}:{mode}"


def till(kind: str, authority: str, cashier: int) -> str:
    """What a cashier of an authority has taken, in `cash` or by card at the counter (`pos`), until they hand it over."""
    return f"till:{kind}:{authority}:{cashier}"


def income(authority: str, fee: str) -> str:
    return f"income:{authority}:{fee}"


def deposits(authority: str) -> str:
    """What an authority holds for people and owes back."""
    return f"deposits:{authority}"


def payable(authority: str) -> str:
    """What an authority has decided to pay out and has not paid yet."""
    return f"payable:{authority}"


def transferred(authority: str) -> str:
    """What has left an authority's own bank account by transfer."""
    return f"transferred:{authority}"


SUSPENSE = "suspense"


def capture(holder: str, authority: str, lines: Iterable[Line]) -> list[Posting]:
    """Money taken for a bill: the account of whoever holds it (`clearing`, `till`) grows by the total, each fee has earned its line.

    A deposit is not earned: it is owed back.
    """
    owed = [Posting(_taken_for(authority, line), -line.amount) for line in lines if line.amount]
    total = sum((posting.amount for posting in owed), Money(0))
    return balanced([Posting(holder, -total), *owed])


def _taken_for(authority: str, line: Line) -> str:
    return deposits(authority) if line.deposit else income(authority, line.fee)


def stray(provider: str, mode: str, amount: Money) -> list[Posting]:
    """Money taken that no open bill waits for: held apart until it is given back."""
    return balanced([Posting(clearing(provider, mode), amount), Posting(SUSPENSE, -amount)])


def give_back(provider: str, mode: str, amount: Money, from_account: str) -> list[Posting]:
    return balanced([Posting(from_account, amount), Posting(clearing(provider, mode), -amount)])


def owe(authority: str, amount: Money) -> list[Posting]:
    """A deposit that goes back: held no longer, to be paid."""
    return balanced([Posting(deposits(authority), amount), Posting(payable(authority), -amount)])


def transfer(authority: str, amount: Money) -> list[Posting]:
    """What was to be paid has left the bank."""
    return balanced([Posting(payable(authority), amount), Posting(transferred(authority), -amount)])


def balanced(postings: list[Posting]) -> list[Posting]:
    """The postings, or ValueError when they do not sum to zero or one of them moves nothing."""
    if sum((posting.amount for posting in postings), Money(0)) or not all(posting.amount for posting in postings):
        raise ValueError(f"postings must be non-zero and sum to zero: {postings}")
    return postings
