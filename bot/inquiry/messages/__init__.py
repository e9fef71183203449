"""How an inquiry is worded, by subject: to the desk, and to the asker."""
