"""A bank's hosted checkout to try the portal against: CyberSource's public wire on both sides, test cards only.

`python -m sandbox.bank --port 8001 --data var/bank` serves it; `python -m sandbox.bank keys --data var/bank` prints its keys.
"""
