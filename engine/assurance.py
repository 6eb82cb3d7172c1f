"""How sure the portal is who is acting (identity.md of the design calls them L1 to L3)."""

from enum import IntEnum


class Assurance(IntEnum):
    NONE = 0
    PASSWORD = 1  # e-mail and mobile verified, password given
    SUBSTANTIAL = 2  # Mobile ID: a key on the SIM
    HIGH = 3  # the ID card and its PIN
