"""The audit log: who did what to what, and proof that nobody has changed it since."""
