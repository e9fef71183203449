"""How what becomes knowledge is worded, by subject."""
