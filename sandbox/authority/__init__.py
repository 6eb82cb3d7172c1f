"""A demo certification authority: a root, an issuing authority, certificates for people, OCSP and revocation lists.

Nothing but a demo should trust it.
"""
