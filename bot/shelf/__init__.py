"""The knowledge base that is current: shipped content, and what the database publishes."""
