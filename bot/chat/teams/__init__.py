"""The desk in Teams."""
