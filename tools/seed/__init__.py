"""`make seed ROWS=1000000`: as many applications as a busy portal has after some years, to see that it stays fast."""
