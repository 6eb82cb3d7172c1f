"""A municipality's register of violations to try the portal against. It speaks the contract that docs/violations.md publishes.

    python -m sandbox.violations --host 127.0.0.1 --port 8005 --data var/sandbox/violations

Its page lists the violations; each can be paid there "elsewhere" or cancelled, and the register can be made to keep silent, so that
what the portal does then can be tried. `violations.csv` fills it when it is started for the first time.
"""
