"""Slack's load on a bot that stores what it takes, beside one that does not."""
