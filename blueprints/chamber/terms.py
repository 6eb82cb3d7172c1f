"""Terms that are ours because the chamber's sources are silent or unreadable. In months; none of them is law."""

NEW_MEMBERSHIP = 6  # the expiry printed on the manual's first certificate cannot be read
CHANGED_GRADE = 12  # from the day of the change: fits the manual's figures (18 March 2018 → 18 March 2019)
