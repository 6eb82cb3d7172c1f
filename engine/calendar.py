"""Days and months as the fee rules count them."""

import calendar
import datetime as dt


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day `months` later; the last of the month where that day does not exist (31 January + 1 = 28 or 29 February)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))


def whole_years(start: dt.date, end: dt.date) -> int:
    """Whole years from start to end, 0 when end is not a year later."""
    years = end.year - start.year - (add_months(start, (end.year - start.year) * 12) > end)
    return max(years, 0)
