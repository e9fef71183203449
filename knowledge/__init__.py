"""The library and its content: what the desk may answer from, and how the right entry is found."""
