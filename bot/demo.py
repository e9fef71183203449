"""The demonstration: who can be played on the local page, and the roster that makes them real."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.local.persona import Channel, Persona
from bot.config import Settings
from bot.database.engine import Transaction
from bot.roster import flows as roster
from bot.roster.model import Role
from knowledge.ministry import Ministry

_DESK_HOME = "内閣官房"
"""The Cabinet Bureau of Personnel Affairs, where the inquiry desk stands, is part of it."""
_FIRST = "環境省"
"""A new visitor's ministry: one of the eight that had remote access for all staff in 2017."""

_ROLES = {
    "official": ("職員", Role.OFFICIAL, "テレワークの制度について質問する方です。"),
    "cio": ("副CIO", Role.DEPUTY_CIO, "府省の整備状況を見て、助言を受ける方です。"),
}
_DESK_ROLES = {
    "desk": ("窓口担当", Role.DESK_OFFICER, "照会を引き受けて回答する、内閣人事局の担当者です。"),
    "admin": ("管理者", Role.ADMINISTRATOR, "調査や配信、名簿を管理する方です。"),
}


def list_personas(ministries: Sequence[Ministry]) -> tuple[Persona, ...]:
    """Everybody who can be played; the first is who a new visitor is."""
    ordered = sorted(ministries, key=lambda ministry: ministry.name != _FIRST)
    numbers = {ministry.name: number for number, ministry in enumerate(ministries, start=1)}
    staff = [
        Persona(
            id=f"{id}-{numbers[ministry.name]:02d}",
            name=f"{ministry.name}の{role}",
            role=role,
            ministry=ministry.name,
            about=about,
        )
        for id, (role, _, about) in _ROLES.items()
        for ministry in ordered
    ]
    newcomer = Persona(
        "official-00", "所属未登録の職員", "職員", None, "名簿にまだ載っていない方です。"
    )
    desk = [
        Persona(id, f"内閣人事局の{role}", role, _DESK_HOME, about)
        for id, (role, _, about) in _DESK_ROLES.items()
    ]
    return (*staff, newcomer, *desk)


def list_channels(settings: Settings) -> tuple[Channel, ...]:
    """The page's conversations besides everybody's direct one."""
    return (
        Channel("telework", "テレワーク相談", "どなたでも質問できます。回答はスレッドに付きます。"),
        Channel(
            settings.desk_channel,
            "照会窓口",
            "担当者への照会が届きます。",
            members=frozenset(_DESK_ROLES),
        ),
    )


def enrol_personas(tx: Transaction, personas: Sequence[Persona]) -> None:
    """Put the personas on the roster, except those who are not known to it on purpose."""
    roles = {id: role for id, (_, role, _) in {**_ROLES, **_DESK_ROLES}.items()}
    for persona in personas:
        if persona.ministry is not None:
            role = roles[persona.id.split("-")[0]]
            roster.enrol(tx, persona.account, persona.name, persona.ministry, frozenset({role}))
