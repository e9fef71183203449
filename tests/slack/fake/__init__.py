"""A strict double of Slack on loopback: Web API, event sender, Socket Mode, faults and a judge."""
