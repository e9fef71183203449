"""What is done with an inquiry, by subject: one function per use case."""
