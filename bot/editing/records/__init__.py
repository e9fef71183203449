"""What is kept of articles on their way, a file for each table or two."""
