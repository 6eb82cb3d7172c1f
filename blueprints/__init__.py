"""What people see: one folder per capability, and one per authority with a file per service."""
