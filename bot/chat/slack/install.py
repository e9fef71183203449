"""What the app needs of Slack, each scope with its reason, and whether an install has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.chat.slack.service import SlackService, Unusable

SCOPES: Mapping[str, str] = {
    "app_mentions:read": "hear questions that name the bot in a channel",
    "im:history": "hear questions in a direct conversation, and look up whether a post arrived",
    "im:write": "open a direct conversation, to look up a post there or share a file",
    "chat:write": "answer",
    "commands": "/madoguchi and the message shortcut",
    "files:write": "share charts, tables and documents",
    "channels:history": "look up whether a post arrived in a public channel that it was invited to",
    "groups:history": "look up whether a post arrived in a private channel that it was invited to",
    "users:read": "look up once who asks, if the roster does not know them",
    "users:read.email": "know them by the address that stands on the roster",
}
"""Least privilege: the manifest asks for these and no others; a test holds it to them."""


class Unfit(Exception):
    """The bot cannot live in this workspace as it is installed; every fault, with its cure."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


def check_install(service: SlackService, teams: Sequence[str]) -> None:
    """Raises Unfit for a token, scope or workspace that cannot work, PortError if Slack is away."""
    try:
        who, scopes = service.fetch_install()
    except Unusable as error:
        raise Unfit([f"MADOGUCHI_SLACK_BOT_TOKEN: Slack says {error}"]) from error
    missing = [scope for scope in SCOPES if scope not in scopes]
    faults = [
        f"scope {scope} is missing ({SCOPES[scope]}): "
        "update the app's manifest and install it again"
        for scope in missing
    ]
    home = {who.get("team_id"), who.get("enterprise_id")} - {None}
    if not home & {*teams}:
        faults.append(
            f"MADOGUCHI_SLACK_TEAM_IDS: the token is of {' / '.join(sorted(map(str, home)))}, "
            "which is not on the list"
        )
    if faults:
        raise Unfit(faults)
