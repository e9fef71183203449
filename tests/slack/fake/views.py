"""views.*: dialogs, opened by a fresh trigger alone, and Homes."""

from __future__ import annotations

from typing import Any

from tests.slack.fake import checks
from tests.slack.fake.calls import Call, method
from tests.slack.fake.workspace import APP, BOT_ID, No, Trigger, View, Workspace

DEEPEST = 3
"""Views that may lie on each other in front of one person."""


@method("views.open")
def open_(call: Call) -> dict[str, Any]:
    trigger = _get_trigger(call)
    given = _check(call, ("modal",))
    trigger.used = True
    return {"view": show(call.workspace, call.workspace.add_view(trigger.user, given))}


@method("views.push")
def push(call: Call) -> dict[str, Any]:
    trigger = _get_trigger(call)
    given = _check(call, ("modal",))
    top = call.workspace.find_open_view(trigger.user)
    if top is None:
        raise No("not_found")
    if count_stack(call.workspace, top) >= DEEPEST:
        raise No("push_limit_reached")
    trigger.used = True
    return {"view": show(call.workspace, call.workspace.add_view(trigger.user, given, top))}


@method("views.update")
def update(call: Call) -> dict[str, Any]:
    given = _check(call, ("modal",))
    view = _find(call)
    if view is None or not view.open:
        raise No("not_found")
    _check_hash(call, view)
    call.workspace.put_view(view, given)
    return {"view": show(call.workspace, view)}


@method("views.publish")
def publish(call: Call) -> dict[str, Any]:
    user = call.get("user_id")
    person = call.workspace.people.get(user)
    if person is None or person.bot:
        raise No("invalid_arguments", response_metadata={"messages": ["[ERROR] invalid user_id"]})
    given = _check(call, ("home",))
    home = call.workspace.homes.get(user)
    if home is None:
        home = call.workspace.add_view(user, given)
        call.workspace.homes[user] = home
    else:
        _check_hash(call, home)
        call.workspace.put_view(home, given)
    return {"view": show(call.workspace, home)}


def show(workspace: Workspace, view: View) -> dict[str, Any]:
    """A view as Slack tells it."""
    empty = {"private_metadata": "", "callback_id": "", "external_id": ""}
    own: dict[str, Any] = {
        "id": view.id,
        "team_id": workspace.team,
        "state": {"values": {}},
        "hash": view.hash,
        "root_view_id": view.root,
        "previous_view_id": view.previous,
        "app_id": APP,
        "app_installed_team_id": workspace.team,
        "bot_id": BOT_ID,
    }
    flags = {"clear_on_close": False, "notify_on_close": False, "close": None, "submit": None}
    return {**empty, **flags, **view.given, **own}


def count_stack(workspace: Workspace, view: View) -> int:
    depth = 1
    while view.previous is not None:
        view = workspace.views[view.previous]
        depth += 1
    return depth


def _check(call: Call, kinds: tuple[str, ...]) -> dict[str, Any]:
    call.get("view")
    if call.rules.strict:
        checks.check_house(call.params)
    return checks.check_view(call.workspace, call.params["view"], kinds)


def _get_trigger(call: Call) -> Trigger:
    """The trigger as long as it lives: three seconds, and one view."""
    trigger = call.workspace.triggers.get(call.get("trigger_id"))
    if trigger is None:
        raise No("invalid_trigger_id")
    if trigger.used:
        raise No("exchanged_trigger_id")
    if call.now > trigger.until:
        raise No("expired_trigger_id")
    return trigger


def _find(call: Call) -> View | None:
    external = call.params.get("external_id")
    if not external:
        return call.workspace.views.get(call.get("view_id"))
    named = (v for v in call.workspace.views.values() if v.given.get("external_id") == external)
    return next(named, None)


def _check_hash(call: Call, view: View) -> None:
    wanted = call.params.get("hash")
    if wanted and wanted != view.hash:
        raise No("hash_conflict")
