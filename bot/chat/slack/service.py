"""Slack as the sender sees it: posts, looks up what is in doubt, and says how it failed."""

from __future__ import annotations

import json
import logging
import re
import socket
import threading
import urllib.error
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from http.client import HTTPException
from typing import Any, cast
from urllib.request import Request

from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse, WebClient

from bot.chat.attachment import Attachment
from bot.chat.slack.hear import SERVICE, write_private
from bot.chat.slack.render import (
    Rendered,
    render_form,
    render_home,
    render_message,
    render_update,
)
from bot.clock import real_now
from bot.conversation.address import Account, Conversation, Place, Target
from bot.conversation.message import Form, Message
from bot.conversation.port import (
    Away,
    CannotLookUp,
    InDoubt,
    LimitedFor,
    Pace,
    PortError,
    Profile,
    Refused,
    Sent,
    StillMine,
    TooLate,
)
from bot.log import get_log

log = get_log()

TIMEOUT_SECONDS = 20
"""How long one call may take. A post with files makes several: all must end within a lease."""
CHANNEL_INTERVAL = timedelta(seconds=1)
"""Slack takes about one message a second in a channel, and short bursts on top."""
TENANT_INTERVAL = timedelta(milliseconds=200)
"""For what can wait: 300 a minute, of the "several hundred" that Slack states for a workspace."""
EVERYWHERE = 3
"""So many limits without a post in between are not one channel's any more."""
EVENT_TYPE = "madoguchi_delivery"
SKEW = timedelta(minutes=5)
"""How far our clock and Slack's may differ when history is searched."""

_DOUBTFUL = frozenset(
    # Slack may have posted before it failed: the delivery is looked up, never simply repeated.
    ("internal_error", "fatal_error", "service_unavailable", "request_timeout")
)
_UNFIT = frozenset(
    # The installation is at fault, not the post: it waits until an administrator has mended it.
    (
        "invalid_auth",
        "not_authed",
        "account_inactive",
        "token_revoked",
        "token_expired",
        "missing_scope",
        "no_permission",
        "org_login_required",
        "ekm_access_denied",
        "accesslimited",
        "team_access_not_granted",
    )
)


class Unusable(Away):
    """The installation is at fault: nothing is posted until it is mended, and nothing is lost."""


class SlackService:
    """One workspace, or one organisation, by its bot token."""

    def __init__(
        self,
        token: str,
        api_url: str,
        *,
        posts_per_second: float | None = None,
        history_lag: timedelta = timedelta(seconds=10),
    ) -> None:
        """`posts_per_second` is what the workspace takes in all; None: see `Pace`."""
        self.client = _Client(token=token, base_url=api_url, timeout=TIMEOUT_SECONDS)
        self.history_lag = history_lag
        strict = posts_per_second is not None
        tenant = timedelta(seconds=1 / posts_per_second) if posts_per_second else TENANT_INTERVAL
        self.pace = Pace(CHANNEL_INTERVAL, tenant, strict)
        self._limits = 0
        self._direct: dict[str, str] = {}

    @property
    def name(self) -> str:
        return SERVICE

    # ------------------------------------------------------------ posts

    def post(
        self, target: Target, message: Message, delivery_id: str, still_mine: StillMine
    ) -> Sent:
        """Post once, with the delivery id in the message's metadata, or in its files' names."""
        rendered = render_message(message)
        _tell_unshown(rendered, delivery_id)
        if rendered.files:
            return self._share(target, rendered, delivery_id, still_mine)
        channel, thread = _where(target)
        with self.client.asking(still_mine):
            posted = self._call(
                self.client.chat_postMessage,
                doubtful=True,
                channel=channel,
                thread_ts=thread,
                text=rendered.text,
                blocks=list(rendered.blocks),
                metadata={"event_type": EVENT_TYPE, "event_payload": {"delivery_id": delivery_id}},
                unfurl_links=False,
                unfurl_media=False,
            )
        self._limits = 0
        return Sent(_conversation(target, posted["channel"]), posted["ts"])

    def _share(
        self, target: Target, rendered: Rendered, delivery_id: str, still_mine: StillMine
    ) -> Sent:
        """A message with files appears by the one call that shares them, and not before.

        That call takes no metadata and does not say where the message stands: the files' names
        carry the delivery id, and history tells the rest.
        """
        channel, thread = self._channel(target), _where(target)[1]
        files = [self._upload(file, delivery_id) for file in rendered.files]
        with self.client.asking(still_mine):
            self._call(
                self.client.files_completeUploadExternal,
                doubtful=True,
                files=files,
                channel_id=channel,
                thread_ts=thread,
                blocks=json.dumps(list(rendered.blocks)),
            )
        self._limits = 0
        found = self.look_up(target, delivery_id, real_now())
        if found is None:
            raise InDoubt("shared, and not in the history yet")
        return found

    def _upload(self, file: Attachment, delivery_id: str) -> dict[str, str]:
        """Put a file where Slack wants it; nobody sees it until it is shared."""
        content = file.content
        place = self._call(
            self.client.files_getUploadURLExternal,
            filename=_named(content.name, delivery_id),
            length=len(content.data),
            alt_txt=file.alt or None,
        )
        try:
            self.client.upload(place["upload_url"], content.data, content.media_type)
        except (OSError, HTTPException) as error:
            raise Away(f"a file was not taken: {type(error).__name__}") from error
        return {"id": place["file_id"], "title": file.title}

    def update(self, sent: Sent, message: Message) -> None:
        """Put a new wording in the place of an earlier one."""
        rendered = render_update(message)
        _tell_unshown(rendered, sent.message)
        self._call(
            self.client.chat_update,
            channel=sent.conversation.id,
            ts=sent.message,
            text=rendered.text,
            blocks=list(rendered.blocks),
        )

    def home(self, account: Account, message: Message) -> None:
        """Put a message on somebody's Home tab."""
        self._call(self.client.views_publish, user_id=account.id, view=render_home(message))

    def open_form(self, trigger: str, form: Form) -> None:
        """Open a form; its answer belongs to the direct conversation of who set off the trigger."""
        self._call(self.client.views_open, trigger_id=trigger, view=render_form(form, ""))

    def open_form_at(self, trigger: str, form: Form, place: Place) -> None:
        """Open a form whose answer belongs to a place."""
        view = render_form(form, write_private(place))
        self._call(self.client.views_open, trigger_id=trigger, view=view)

    # ------------------------------------------------------------ looking things up

    def look_up(self, target: Target, delivery_id: str, since: datetime) -> Sent | None:
        """The message with this delivery id, or None.

        Raises CannotLookUp where the bot may not read the conversation's history.
        """
        channel, thread = self._channel(target), _where(target)[1]
        oldest = f"{(since - SKEW).timestamp():.6f}"
        for message in self._history(channel, thread, oldest):
            if _delivery(message) == delivery_id or _has_file(message, delivery_id):
                return Sent(_conversation(target, channel), str(message["ts"]))
        return None

    def _history(
        self, channel: str, thread: str | None, oldest: str
    ) -> Iterator[Mapping[str, Any]]:
        """A conversation's or a thread's messages, page by page."""
        method = self.client.conversations_replies if thread else self.client.conversations_history
        named = {"ts": thread} if thread else {}
        cursor: str | None = None
        while True:
            page = self._look(
                method,
                channel=channel,
                oldest=oldest,
                limit=200,
                cursor=cursor,
                include_all_metadata=True,
                **named,
            )
            yield from page["messages"]
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return

    def _look(self, method: Callable[..., SlackResponse], **given: Any) -> SlackResponse:
        try:
            return self._call(method, **given)
        except Refused as refused:
            raise CannotLookUp(refused.reason) from refused

    def fetch_person(self, account: Account) -> Profile:
        """Name and address of an account.

        The address only where the app may read it, and it may stand for who they are.
        """
        user = self._call(self.client.users_info, user=account.id)["user"]
        profile = user.get("profile") or {}
        name = profile.get("real_name") or user.get("real_name") or user["name"]
        return Profile(account, name, profile.get("email") if _is_trusted(user) else None)

    def fetch_install(self) -> tuple[Mapping[str, Any], frozenset[str]]:
        """Who the token is, as Slack says it, and the scopes that it has."""
        answer = self._call(self.client.auth_test)
        headers = {name.lower(): value for name, value in answer.headers.items()}
        scopes = headers.get("x-oauth-scopes", "")
        named = frozenset(filter(None, re.split(r"[,\s]+", scopes)))
        return cast(dict[str, Any], answer.data), named

    def _channel(self, target: Target) -> str:
        """The conversation's id; a person's is asked for once."""
        where, _ = _where(target)
        if not isinstance(target, Account) and not target.conversation.id.startswith("@"):
            return where
        if where not in self._direct:
            opened = self._call(self.client.conversations_open, users=where)
            self._direct[where] = opened["channel"]["id"]
        return self._direct[where]

    # ------------------------------------------------------------ how it may fail

    def _call(
        self, method: Callable[..., SlackResponse], *, doubtful: bool = False, **given: Any
    ) -> SlackResponse:
        """Call a method; its failure in the port's words. `doubtful`: it must not happen twice."""
        try:
            return method(**{name: value for name, value in given.items() if value is not None})
        except SlackApiError as error:
            raise self._named(error, doubtful) from error
        except (OSError, HTTPException) as error:
            unreached = _is_unreached(error)
            worded = f"no answer from Slack: {type(error).__name__}"
            raise (InDoubt(worded) if doubtful and not unreached else Away(worded)) from error

    def _named(self, error: SlackApiError, doubtful: bool) -> PortError:
        answer: Any = error.response
        code = str(answer.get("error") or "")
        if answer.status_code == 429 or code in ("ratelimited", "rate_limited"):
            return self._limited(answer.headers, posting=doubtful)
        if answer.status_code >= 500 or code in _DOUBTFUL or not re.fullmatch(r"\w+", code):
            worded = f"Slack failed: {answer.status_code} {code[:40]}"
            return InDoubt(worded) if doubtful else Away(worded)
        if code in _UNFIT:
            needed = answer.get("needed")
            log.error("slack_install_unfit", reason=code, needed=needed)
            return Unusable(f"{code}: {needed}" if needed else code)
        details = (answer.get("response_metadata") or {}).get("messages") or ()
        return Refused("; ".join((code, *map(str, details)))[:500])

    def _limited(self, headers: Mapping[str, str], *, posting: bool) -> LimitedFor:
        """One channel's limit, or the workspace's: Slack does not say which."""
        named = {name.lower(): value for name, value in headers.items()}
        wait = timedelta(seconds=float(named.get("retry-after", 1)))
        if not posting:
            return LimitedFor(wait)
        self._limits += 1
        return LimitedFor(wait, everywhere=self._limits >= EVERYWHERE)


class _Client(WebClient):
    """Slack's own client without its retries, which have posted twice, and with a last question."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given, retry_handlers=[], logger=_quiet)
        self._question = threading.local()

    def asking(self, still_mine: StillMine) -> _Asking:
        """Within this, nothing leaves unless the post is still its sender's."""
        return _Asking(self._question, still_mine)

    def _perform_urllib_http_request_internal(self, url: str, req: Request) -> dict[str, Any]:
        # The very last step before the request leaves: a process that was stopped anywhere
        # earlier, past the end of its lease, finds out here.
        still_mine = getattr(self._question, "still_mine", None)
        if still_mine is not None and not still_mine():
            raise TooLate("the lease has ended")
        return super()._perform_urllib_http_request_internal(url, req)

    def upload(self, url: str, data: bytes, media_type: str) -> None:
        """Put bytes where `files.getUploadURLExternal` said. Raises OSError, HTTPException."""
        request = Request(  # noqa: S310  # the address is Slack's own answer, and http(s) alone
            url, data=data, headers={"Content-Type": media_type}, method="POST"
        )
        super()._perform_urllib_http_request_internal(url, request)


class _Asking:
    def __init__(self, question: threading.local, still_mine: StillMine) -> None:
        self._question = question
        self._still_mine = still_mine

    def __enter__(self) -> None:
        self._question.still_mine = self._still_mine

    def __exit__(self, *_raised: object) -> None:
        self._question.still_mine = None


def _is_trusted(user: Mapping[str, Any]) -> bool:
    """Whether an address is one of our people's own: what rights they have may hang on it.

    Strangers' addresses are their own administrator's to choose, and one that nobody confirmed
    is anybody's.
    """
    outside = any(user.get(mark) for mark in ("deleted", "is_bot", "is_stranger"))
    return not outside and user.get("is_email_confirmed") is not False


def _where(target: Target) -> tuple[str, str | None]:
    """What Slack calls the channel (a person's id opens their direct one), and the thread."""
    if isinstance(target, Account):
        return target.id, None
    return target.conversation.id.removeprefix("@"), target.thread


def _conversation(target: Target, channel: str) -> Conversation:
    tenant = target.tenant if isinstance(target, Account) else target.conversation.tenant
    return Conversation(SERVICE, tenant, channel)


def _delivery(message: Mapping[str, Any]) -> str | None:
    payload = (message.get("metadata") or {}).get("event_payload") or {}
    return payload.get("delivery_id")


def _named(name: str, delivery_id: str) -> str:
    """A file's name that tells its delivery, before the ending that tells its kind."""
    stem, dot, ending = name.rpartition(".")
    return f"{stem}-{delivery_id}.{ending}" if dot else f"{name}-{delivery_id}"


def _has_file(message: Mapping[str, Any], delivery_id: str) -> bool:
    names = (str(file.get("name")) for file in message.get("files") or ())
    return any(f"-{delivery_id}" in name for name in names)


def _is_unreached(error: Exception) -> bool:
    """Whether the request cannot have left: nobody listens there, or the name means nothing."""
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    return isinstance(reason, ConnectionRefusedError | socket.gaierror)


def _tell_unshown(rendered: Rendered, of: str) -> None:
    if rendered.unshown:
        log.info("slack_cannot_show", of=of, count=len(rendered.unshown))


_quiet = logging.getLogger("bot.chat.slack.sdk")
# The SDK's own words at these levels hold payloads: what happened is logged by the sender.
_quiet.setLevel(logging.CRITICAL)
