"""The program at the card reader: it lets a page in the browser ask a person's smart card, without ever seeing the PIN.

It stands alone: nothing of the portal is imported here, and the portal does not need it to run.
"""
