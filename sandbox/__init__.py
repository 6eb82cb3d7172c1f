"""The outside world, played by small programs. They speak the real protocols over the wire and know nothing of the portal."""
