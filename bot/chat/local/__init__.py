"""The desk as a page on loopback: the default chat service, which needs neither Slack nor Teams."""
