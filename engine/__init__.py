"""The rules of the portal, and nothing else: no web, no tables, no network, no clock of their own."""
