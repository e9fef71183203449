"""Effectively once: events taken in, posts sent out, both by way of the database."""
