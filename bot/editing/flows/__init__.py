"""What is done for articles, by subject: one function per use case."""
