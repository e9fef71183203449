"""The neck: the only words that chat services and capabilities share."""
