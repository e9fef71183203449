"""The chat services: each hears raw events, renders neutral messages and posts them."""
