"""Time: UTC in tables, Muscat for people. The engine only converts; whoever asks brings the moment."""

import datetime as dt

# Oman keeps UTC+4 all year (IANA tzdb, zone Asia/Muscat, since 1920).
MUSCAT = dt.timezone(dt.timedelta(hours=4), "Asia/Muscat")


def in_muscat(moment: dt.datetime) -> dt.datetime:
    """The moment (UTC, aware or as stored without zone) on a Muscat clock."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    return aware.astimezone(MUSCAT)


def midnight(day: dt.date) -> dt.datetime:
    """When that day begins in Muscat, in UTC."""
    return dt.datetime.combine(day, dt.time(), MUSCAT).astimezone(dt.UTC)


def business_day(moment: dt.datetime) -> dt.date:
    """The calendar day in Muscat at that moment."""
    return in_muscat(moment).date()
