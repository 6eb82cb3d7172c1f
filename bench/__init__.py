"""How fast the portal is (`python -m bench`), and whether money survives everything being killed (`python -m bench.torture`).

Both start the real programs on free ports, with a database and a folder of their own, and speak to them by HTTP only.
"""
