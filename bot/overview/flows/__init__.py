"""What the desk's people look at, by subject: one function per use case."""
