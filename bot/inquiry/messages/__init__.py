"""How an inquiry is worded, by subject: to the desk, to the asker, as an article."""
