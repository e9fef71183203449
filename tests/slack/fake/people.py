"""auth, users, bots and apps: who the bot is, and who people are."""

from __future__ import annotations

from typing import Any

from tests.slack.fake.calls import Call, method
from tests.slack.fake.workspace import APP, BOT, BOT_ID, No, Person


@method("auth.test")
def test(call: Call) -> dict[str, Any]:
    told = {
        "url": f"{call.origin}/",
        "team": "政府",
        "user": "madoguchi",
        "team_id": call.workspace.team,
        "user_id": BOT,
        "bot_id": BOT_ID,
        "is_enterprise_install": call.workspace.enterprise is not None,
    }
    if call.workspace.enterprise is not None:
        told["enterprise_id"] = call.workspace.enterprise
    return told


@method("users.info", "users:read")
def info(call: Call) -> dict[str, Any]:
    person = call.workspace.people.get(call.get("user"))
    if person is None:
        raise No("user_not_found")
    return {"user": show(call, person)}


@method("users.lookupByEmail", "users:read.email")
def look_up(call: Call) -> dict[str, Any]:
    wanted = call.get("email").lower()
    for person in call.workspace.people.values():
        if not person.deleted and (person.email or "").lower() == wanted:
            return {"user": show(call, person)}
    raise No("users_not_found")


@method("bots.info", "users:read")
def bot(call: Call) -> dict[str, Any]:
    if call.params.get("bot") not in (None, BOT_ID):
        raise No("bot_not_found")
    told = {"id": BOT_ID, "app_id": APP, "user_id": BOT, "name": "madoguchi", "deleted": False}
    return {"bot": told}


@method("api.test")
def try_(call: Call) -> dict[str, Any]:
    if error := call.params.get("error"):
        raise No(str(error))
    return {"args": dict(call.params)}


def show(call: Call, person: Person) -> dict[str, Any]:
    """A person as users.info tells; the address only to who may read it."""
    profile: dict[str, Any] = {
        "real_name": person.real_name,
        "real_name_normalized": person.real_name,
        "display_name": person.real_name,
        "display_name_normalized": person.real_name,
        "team": person.team,
    }
    if person.email and "users:read.email" in call.token.scopes:
        profile["email"] = person.email
    told: dict[str, Any] = {
        "id": person.id,
        "team_id": person.team,
        "name": person.name,
        "deleted": person.deleted,
        "real_name": person.real_name,
        "tz": "Asia/Tokyo",
        "tz_label": "Japan Standard Time",
        "tz_offset": 32400,
        "profile": profile,
        "is_admin": False,
        "is_owner": False,
        "is_restricted": False,
        "is_bot": person.bot,
        "is_email_confirmed": person.confirmed,
        "is_app_user": False,
    }
    if call.workspace.enterprise is not None:
        enterprise = {"id": person.id, "enterprise_id": call.workspace.enterprise}
        told["enterprise_user"] = {**enterprise, "teams": [person.team]}
    if person.team != call.workspace.team:
        told["is_stranger"] = True
    return told
