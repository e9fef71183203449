"""One YAML file of content, from bytes to a tree; whatever stops that is noted with its line."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

import yaml

from knowledge.fault import ContentFile
from knowledge.section import Section

# libyaml's loader reads ten times as fast as PyYAML's own, and PyYAML's wheels bring it.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

DEPTH_LIMIT = 12
"""Levels of nesting. Content needs six; at 100,000 libyaml's composer overflows the stack and kills
the process, so the depth is counted before anything is composed."""


def read_section(file: ContentFile, *, known: Collection[str] | None) -> Section | None:
    """A file that is one mapping of the `known` keys (None: any); None where it cannot be read."""
    root = _read_root(file)
    return None if root is None else Section(root, file, known=known, place="ファイル")


def read_sections(file: ContentFile, *, known: Collection[str], place: str) -> list[Section]:
    """A file that is one mapping or a list of them; `place` is what one is called in messages."""
    root = _read_root(file)
    if root is None:
        return []
    nodes = root.value if isinstance(root, yaml.SequenceNode) else [root]
    return [Section(node, file, known=known, place=place) for node in nodes]


def _read_root(file: ContentFile) -> yaml.Node | None:
    text = _read_text(file)
    if text is None:
        return None
    text = _note_invisible(text, file)
    try:
        if _note_forbidden(text, file):
            return None
        root: yaml.Node | None = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        _note_syntax(error, text, file)
        return None
    if root is None:
        file.note(1, "何も書かれていません。中身を書くか、ファイルを消してください。")
    return root


# --- characters ---


def _read_text(file: ContentFile) -> str | None:
    try:
        content = file.read()
    except OSError as error:
        file.note(1, f"開けません（{error.strerror}）。名前と置き場所を確かめてください。")
        return None
    try:
        # Notepad begins a file with a byte order mark and ends lines its own way: no harm done.
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        file.note(line, "文字コードがUTF-8ではありません。UTF-8を選んで保存し直してください。")
        return None


# Tabs, controls, zero-width and direction marks, line separators, and what YAML refuses anyway.
# They can hide text from whoever reviews a change, so they are refused rather than dropped.
_INVISIBLE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff]"
)
_WIDE_INDENT = re.compile("[ \u3000]*\u3000")


def _note_invisible(text: str, file: ContentFile) -> str:
    """The text with plain spaces for its invisible characters, so that the rest can be read."""
    return "\n".join(
        _note_line(line, number, file) for number, line in enumerate(text.split("\n"), start=1)
    )


def _note_line(line: str, number: int, file: ContentFile) -> str:
    for character in sorted(set(_INVISIBLE.findall(line))):
        name = "タブ" if character == "\t" else f"目に見えない文字（U+{ord(character):04X}）"
        file.note(number, f"{name}があります。消して、空白は半角スペースにしてください。")
    indent = _WIDE_INDENT.match(line)
    if indent:
        file.note(number, "行頭に全角の空白があります。半角スペースにしてください。")
        # A wide space looks like two, and was most likely typed for two.
        line = indent.group().replace("\u3000", "  ") + line[indent.end() :]
    return _INVISIBLE.sub(" ", line)


# --- syntax ---


def _note_forbidden(text: str, file: ContentFile) -> bool:
    """Whether the file uses what content may not: references, types, many documents, deep nesting.

    References (& and *) let a few lines grow into gigabytes; the others no editor needs.
    """
    depth = documents = 0
    forbidden = False
    for event in yaml.parse(text, Loader=_LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        documents += isinstance(event, yaml.DocumentStartEvent)
        message = _why_forbidden(event, depth, documents)
        if message is not None:
            forbidden = True
            file.note(_line_of(event), message)
        if depth > DEPTH_LIMIT:
            break
    return forbidden


def _line_of(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _why_forbidden(event: yaml.Event, depth: int, documents: int) -> str | None:
    if getattr(event, "anchor", None):
        return '「&」「*」で始まる値は使えません。" " で囲むか、同じ内容を書き写してください。'
    if getattr(event, "tag", None):
        return '「!」で始まる値は使えません。全体を " " で囲んでください。'
    if depth > DEPTH_LIMIT:
        return "入れ子が深すぎます。[ ] や { } の閉じ忘れがないか確かめてください。"
    if documents > 1 and isinstance(event, yaml.DocumentStartEvent):
        return "「---」で区切らず、1つのファイルに1つの並びを書いてください。"
    return None


_SYNTAX_HINTS = {
    "mapping values are not allowed": "1行に「: 」が2つあるか、字下げがずれています。"
    '文の中に「: 」があるときは全体を " " で囲んでください。',
    "could not find expected ':'": "項目の名前の後に「: 」（半角のコロンと空白）がありません。",
    "cannot start any token": '値の初めに使えない記号（@ ` %）があります。" " で囲んでください。',
    "unexpected end of stream": "引用符（\" や '）が閉じていません。",
    "expected ',' or": "[ ] や { } が閉じていないか、区切りの「,」がありません。",
}
_INDENT_HINT = "字下げ（行頭の空白の数）が前後の行とそろっているか確かめてください。"
_WIDE_COLON_HINT = "全角の「：」は、半角の「:」と空白にしてください。"


def _note_syntax(error: yaml.YAMLError, text: str, file: ContentFile) -> None:
    mark = getattr(error, "problem_mark", None)
    lines = text.split("\n")
    number = min(mark.line + 1, len(lines)) if mark else 1
    problem = str(getattr(error, "problem", ""))
    hint = next((hint for sign, hint in _SYNTAX_HINTS.items() if sign in problem), _INDENT_HINT)
    # A line without its colon reads as plain text, and the parser stops at the next one.
    if any(re.match(r"[ -]*\w+：", line, re.ASCII) for line in lines[max(0, number - 2) : number]):
        hint = _WIDE_COLON_HINT
    file.note(number, f"この行の辺りがYAMLとして読めません。{hint}")
