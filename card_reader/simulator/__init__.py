"""A card without plastic: a virtual PIV card with a demo citizen's certificates, in vsmartcard's virtual reader.

Everything between it and whoever reads it is real: PC/SC, its service, the commands. For trying out and for tests alone.
"""
