"""Tables of what became of inquiries, by subject."""
