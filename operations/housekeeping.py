"""What is swept up once an hour: registrations nobody finished, codes and challenges that ran out, accounts that
were to be closed, copies of data nobody fetched, papers drawn for one person, unsigned declarations, done work of last month."""

import datetime as dt
from typing import Any

from models import Outbox
from operations import (
    challenges,
    closing,
    declarations,
    guests,
    identity_providers,
    kept_forms,
    outbox,
    own_data,
    own_papers,
    registering,
)
from operations.now import now

EVERY = dt.timedelta(hours=1)
DONE_KEPT_FOR = dt.timedelta(days=30)


def schedule() -> None:
    """Called by every worker at start; the row is one for all of them."""
    outbox.put("housekeeping", "housekeeping")


@outbox.handles("housekeeping")
def sweep(_payload: dict[str, Any]) -> None:
    """Never done: it comes back every hour."""
    registering.forget_unfinished()
    closing.erase_due()
    own_data.forget()
    own_papers.forget()
    challenges.forget()
    kept_forms.forget_old()
    declarations.forget()
    identity_providers.forget_old_visits()
    guests.forget()
    Outbox.delete().where(Outbox.done_at < now() - DONE_KEPT_FOR).execute()
    raise outbox.Postpone(EVERY)
