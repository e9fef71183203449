"""Every version of the schema, for SQLite and PostgreSQL alike."""
