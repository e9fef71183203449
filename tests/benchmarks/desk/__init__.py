"""How soon the desk's people see their queue, however long it is."""
