"""What the portal does: one transaction per function, one file per noun. Knows tables and gateways, never the web."""
