"""The one store: transactions, tables and the version of the schema."""
