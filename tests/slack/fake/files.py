"""files.*: an address to upload to, the upload, and its completion, which shares the file."""

from __future__ import annotations

from typing import Any

from tests.slack.fake import chat, checks
from tests.slack.fake.calls import Call, State, method
from tests.slack.fake.wire import Answer, Request
from tests.slack.fake.workspace import BOT, File, No

UPLOAD = "/upload/v1/"
DOWNLOAD = "/files-pri/"


@method("files.getUploadURLExternal", "files:write", form_only=True)
def get_upload_url(call: Call) -> dict[str, Any]:
    length = call.get("length")
    if not length.isdigit() or int(length) == 0:
        raise No("invalid_arguments")
    file = File(call.workspace.make_id("F"), call.get("filename"), int(length))
    call.workspace.files[file.id] = file
    return {"upload_url": f"{call.origin}{UPLOAD}{file.id}", "file_id": file.id}


def take_upload(state: State, request: Request) -> Answer:
    """The bytes themselves, once, and as many as were announced."""
    file = state.workspace.files.get(request.path.removeprefix(UPLOAD))
    if file is None or file.data is not None:
        return Answer(b"not found", 404, media_type="text/plain")
    if len(request.body) != file.length:
        return Answer(b"the length is not what was announced", 400, media_type="text/plain")
    file.data = request.body
    return Answer(f"OK - {file.length}".encode(), media_type="text/plain")


@method("files.completeUploadExternal", "files:write", posts=True)
def complete(call: Call) -> dict[str, Any]:
    """Shares the files as one message; the answer does not say which, as in Slack."""
    named = checks.parse_json(call.params.get("files"), "invalid_arguments")
    if not isinstance(named, list) or not named or not all(isinstance(n, dict) for n in named):
        raise No("invalid_arguments")
    files = [_get_uploaded(call, str(entry.get("id"))) for entry in named]
    channels = _list_channels(call)
    if channels:
        _share(call, files, channels, [str(entry.get("title") or "") for entry in named])
    for file, entry in zip(files, named, strict=True):
        file.title = str(entry.get("title") or file.name)
        file.completed = True
    return {"files": [{"id": file.id, "title": file.title} for file in files]}


def _get_uploaded(call: Call, id: str) -> File:
    file = call.workspace.files.get(id)
    if file is None or file.data is None or file.completed:
        raise No("file_not_found")
    return file


def _list_channels(call: Call) -> list[str]:
    single = call.params.get("channel_id")
    several = [id for id in str(call.params.get("channels") or "").split(",") if id]
    if call.params.get("thread_ts") and len(several) > 1:
        raise No("invalid_arguments")
    return [str(single)] if single else several


def _share(call: Call, files: list[File], ids: list[str], titles: list[str]) -> None:
    # A user's id is taken by `channels` alone, and only channels and open conversations else.
    if call.params.get("channel_id") in call.workspace.people:
        raise No("channel_not_found")
    channels = [call.get_writable(id) for id in ids]
    threads = [chat.check_thread(call, c, call.params.get("thread_ts")) for c in channels]
    comment = str(call.params.get("initial_comment") or "")
    given = None if comment else call.params.get("blocks")
    blocks = checks.check_blocks(call.workspace, given)
    if call.rules.strict:
        checks.check_house(call.params)
    for channel in channels:
        chat.check_limits(call, channel)
    for file, title in zip(files, titles, strict=True):
        file.title = title or file.name
    for channel, thread in zip(channels, threads, strict=True):
        body: dict[str, Any] = {"text": comment, "upload": False, **chat.sign()}
        body["files"] = [show(file, call.origin) for file in files]
        if blocks:
            body["blocks"] = blocks
        if thread is not None:
            body["thread_ts"] = thread
        message = call.workspace.add_message(channel, BOT, body, call.rules.history_lag)
        call.state.ledger.add(message, files)
        for file in files:
            file.shares.append(message)


@method("files.info", "files:read")
def info(call: Call) -> dict[str, Any]:
    """Where a file was shared is told as late as history shows it."""
    file = call.workspace.files.get(call.get("file"))
    if file is None:
        raise No("file_not_found")
    shares: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for message in file.shares:
        if message.shown_at <= call.now:
            channel = call.workspace.channels[message.channel]
            kind = "private" if channel.private or channel.direct else "public"
            told = {"ts": message.ts, "channel_name": channel.name}
            if message.thread:
                told["thread_ts"] = message.thread
            shares.setdefault(kind, {}).setdefault(channel.id, []).append(told)
    return {"file": {**show(file, call.origin), "shares": shares}, "comments": []}


def show(file: File, origin: str) -> dict[str, Any]:
    """A file as a message or a form holds it."""
    kind = file.name.rpartition(".")[2].lower()
    address = f"{origin}{DOWNLOAD}{file.id}"
    return {
        "id": file.id,
        "name": file.name,
        "title": file.title or file.name,
        "filetype": kind,
        "mimetype": MEDIA_TYPES.get(kind, "application/octet-stream"),
        "size": file.length,
        "mode": "hosted",
        "user": BOT,
        "url_private": address,
        "url_private_download": address,
        "permalink": address,
    }


def give_file(state: State, request: Request) -> Answer:
    """The bytes of a file, to whoever the caller has found to have the right."""
    file = state.workspace.files.get(request.path.removeprefix(DOWNLOAD))
    if file is None or file.data is None:
        return Answer(b"not found", 404, media_type="text/html")
    return Answer(file.data, media_type=show(file, "")["mimetype"])


MEDIA_TYPES = {
    "csv": "text/csv",
    "txt": "text/plain",
    "png": "image/png",
    "jpg": "image/jpeg",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
