"""Madoguchi, the inquiry desk for telework rules, as a chat bot."""
