"""What is swept up once an hour: unfinished registrations, codes and challenges that ran out, unsigned declarations, done work of last month."""

import datetime as dt
from typing import Any

from models import Outbox
from operations import accounts, challenges, declarations, identity_providers, outbox
from operations.now import now

EVERY = dt.timedelta(hours=1)
DONE_KEPT_FOR = dt.timedelta(days=30)


def schedule() -> None:
    """Called by every worker at start; the row is one for all of them."""
    outbox.put("housekeeping", "housekeeping")


@outbox.handles("housekeeping")
def sweep(_payload: dict[str, Any]) -> None:
    """Never done: it comes back every hour."""
    accounts.forget_unfinished()
    challenges.forget()
    declarations.forget()
    identity_providers.forget_old_visits()
    Outbox.delete().where(Outbox.done_at < now() - DONE_KEPT_FOR).execute()
    raise outbox.Postpone(EVERY)
