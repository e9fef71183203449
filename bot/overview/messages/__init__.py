"""How the desk's view is worded, by subject."""
