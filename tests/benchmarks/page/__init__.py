"""How heavy the local page is and how soon it can be used."""
