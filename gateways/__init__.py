"""The outside world: a folder per kind of thing, a Protocol in each, adapters written to the public protocols.

They know no web, no rows, no settings."""
