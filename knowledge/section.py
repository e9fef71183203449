"""A mapping of a content file, read key by key into typed values; faults are noted, not raised."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import yaml
from rapidfuzz import process

from knowledge.fault import ContentFile

_SIMILAR_KEY_FROM = 60.0
"""Least similarity in per cent for a 「もしかして」: tittle is title, reviewby is review_by."""
_IDENTIFIER = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Line:
    """A text and the line on which it stands."""

    text: str
    number: int


class Section:
    """A mapping of a content file.

    What is missing or of the wrong kind is noted and reads as an empty value, so that one run finds
    every fault; values read beside faults are never used.
    """

    def __init__(
        self, node: yaml.Node, file: ContentFile, *, known: Collection[str] | None, place: str
    ) -> None:
        """`known` are the keys that may stand here (None: any); `place` is its name in messages."""
        self.line = _line_of(node)
        self.file = file
        self._node = node
        self._place = place
        self._nodes: dict[str, yaml.Node] = {}
        self._lines: dict[str, int] = {}
        # Keys whose absence is explained already, because one much like them was noted.
        self._misspelt: set[str] = set()
        self._is_mapping = isinstance(node, yaml.MappingNode)
        if isinstance(node, yaml.MappingNode):
            self._take(node, known)
        else:
            file.note(self.line, f"{place}は「項目: 値」の行を並べて書いてください。")

    def __contains__(self, key: str) -> bool:
        return key in self._nodes

    def __iter__(self) -> Iterator[str]:
        return iter(self._nodes)

    def line_of(self, key: str) -> int:
        """The line of a key, or the section's own where the key is missing."""
        return self._lines.get(key, self.line)

    def as_yaml(self) -> str:
        """The section alone, as YAML text."""
        return yaml.serialize(self._node, allow_unicode=True)

    def note(self, message: str, *, key: str | None = None, line: int | None = None) -> None:
        """Notes a fault: on a line, at a key, or at the section's beginning."""
        self.file.note(line or (self.line_of(key) if key else self.line), message)

    def text(self, key: str) -> str:
        """A required text; empty where it is missing."""
        return self._text_of(key, self._required(key)) or ""

    def optional_text(self, key: str) -> str | None:
        return self._text_of(key, self._nodes.get(key))

    def day(self, key: str) -> date:
        """A required day; the first of the year 1 where it is missing or no day."""
        return self._day_of(key, self._required(key)) or date.min

    def optional_day(self, key: str) -> date | None:
        return self._day_of(key, self._nodes.get(key))

    def optional_days(self, key: str) -> frozenset[date]:
        """An optional list of days."""
        nodes = self._items_of(key, self._nodes.get(key))
        days = [self._day_of(key, node, _line_of(node)) for node in nodes]
        return frozenset(day for day in days if day is not None)

    def word(self, key: str, among: Sequence[str]) -> str:
        """A required word of a closed list; the list's first where it is none of them."""
        written = self.text(key)
        if written in among:
            return written
        if written:
            self.note(f"{key} の「{written}」は使えません。{_or(among)} にしてください。", key=key)
        return among[0]

    def optional_word(self, key: str, among: Sequence[str]) -> str:
        """A word of a closed list; the list's first where it is missing or none of them."""
        return self.word(key, among) if key in self else among[0]

    def identifier(self, key: str, *, example: str) -> str:
        """A required name for machines, which stays the same for good."""
        written = self.text(key)
        if written and not _IDENTIFIER.fullmatch(written):
            self.note(
                f"{key} の「{written}」は使えません。半角の英小文字と数字を「-」でつないでください"
                f"（例: {example}）。",
                key=key,
            )
        return written

    def optional_number(self, key: str, lowest: int, highest: int) -> int | None:
        """A whole number within bounds."""
        written = self.optional_text(key)
        if written is None:
            return None
        if re.fullmatch(r"\d{1,9}", written, re.ASCII) and lowest <= int(written) <= highest:
            return int(written)
        self.note(f"{key} は{lowest}から{highest}までの数にしてください。", key=key)
        return None

    def optional_flag(self, key: str) -> bool:
        """Whether a key says true; false where it is missing."""
        written = self.optional_text(key)
        if written not in (None, "true", "false"):
            self.note(f"{key} は true か false にしてください。", key=key)
        return written == "true"

    def texts(self, key: str) -> tuple[Line, ...]:
        """A required list of texts, which may be empty."""
        return self._texts_of(key, self._required(key))

    def optional_texts(self, key: str) -> tuple[Line, ...]:
        return self._texts_of(key, self._nodes.get(key))

    def text_or_texts(self, key: str) -> tuple[Line, ...]:
        """A required value that is one text or a list of texts."""
        node = self._required(key)
        if not isinstance(node, yaml.ScalarNode):
            return self._texts_of(key, node)
        text = self._text_of(key, node)
        return (Line(text, self.line_of(key)),) if text else ()

    def lists(self, key: str) -> list[tuple[Line, ...]]:
        """A required list of lists of texts."""
        return [self._texts_of(key, node) for node in self._items_of(key, self._required(key))]

    def section(self, key: str, *, known: Collection[str] | None) -> Section | None:
        """An optional mapping."""
        node = self._nodes.get(key)
        return None if node is None else Section(node, self.file, known=known, place=key)

    def sections(self, key: str, *, known: Collection[str] | None) -> list[Section]:
        """A required list of mappings."""
        nodes = self._items_of(key, self._required(key))
        return [Section(node, self.file, known=known, place=f"{key} の1件") for node in nodes]

    def _take(self, node: yaml.MappingNode, known: Collection[str] | None) -> None:
        for key_node, value in node.value:
            key, line = str(key_node.value), _line_of(key_node)
            if key in self._nodes:
                first = self.line_of(key)
                self.note(
                    f"{key} が2回書かれています（1回目は{first}行目）。片方を消してください。",
                    line=line,
                )
            elif known is not None and key not in known:
                self._note_unknown(key, line, known)
            else:
                self._nodes[key], self._lines[key] = value, line

    def _note_unknown(self, key: str, line: int, known: Collection[str]) -> None:
        near = process.extractOne(key, list(known), score_cutoff=_SIMILAR_KEY_FROM)
        if near:
            self._misspelt.add(near[0])
        hint = f"もしかして {near[0]} ですか。" if near else f"使えるのは {'、'.join(known)} です。"
        self.note(f"「{key}」という項目はありません。{hint}", line=line)

    def _required(self, key: str) -> yaml.Node | None:
        node = self._nodes.get(key)
        if node is None and self._is_mapping and key not in self._misspelt:
            self.note(f"{self._place}に {key} がありません。書き足してください。")
        return node

    def _text_of(self, key: str, node: yaml.Node | None) -> str | None:
        if node is None:
            return None
        if not isinstance(node, yaml.ScalarNode):
            self.note(f"{key} には、並び（- や {{ }}）ではなく文を書いてください。", key=key)
            return None
        text = _read_scalar(node)
        if not text:
            self.note(f"{key} が空です。値を書くか、任意の項目なら行ごと消してください。", key=key)
        return text or None

    def _day_of(self, key: str, node: yaml.Node | None, line: int | None = None) -> date | None:
        written = self._text_of(key, node)
        day = _parse_day(written) if written else None
        if written and day is None:
            self.note(
                f"{key} の「{written}」は日付として読めません。"
                "実在する日を 2026-03-31 のように、半角の年-月-日で書いてください。",
                key=key,
                line=line,
            )
        return day

    def _texts_of(self, key: str, node: yaml.Node | None) -> tuple[Line, ...]:
        lines = [Line(_read_scalar(item), _line_of(item)) for item in self._items_of(key, node)]
        for line in lines:
            if not line.text:
                self.note(
                    f"{key} の1件が文ではありません。1件を1行に「- 文」と書き、"
                    '文の中に「: 」があるときは全体を " " で囲んでください。',
                    line=line.number,
                )
        return tuple(line for line in lines if line.text)

    def _items_of(self, key: str, node: yaml.Node | None) -> Sequence[yaml.Node]:
        if isinstance(node, yaml.SequenceNode):
            items: Sequence[yaml.Node] = node.value
            return items
        if node is not None:
            line = _line_of(node)
            self.note(f"{key} には、1件を1行に「- 」で始めて並べてください。", line=line)
        return ()


def _line_of(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


_BREAK_IN_JAPANESE = re.compile(r"(?<=[^\x00-\x7f]) +| +(?=[^\x00-\x7f])")
_NULL = "tag:yaml.org,2002:null"


def is_folded_whole(text: str) -> bool:
    """Whether a text that is written over lines of its own is read back letter by letter."""
    return text == text.strip() and "\n" not in text and not _BREAK_IN_JAPANESE.search(text)


def _read_scalar(node: yaml.Node) -> str:
    """The text as typed (1, yes and 2017-04-01 too); empty for null and for what is no text."""
    if not isinstance(node, yaml.ScalarNode) or node.tag == _NULL:
        return ""
    text = str(node.value).strip()
    if node.end_mark.line > node.start_mark.line:
        # YAML folds a line break into a space, and Japanese has none between words.
        text = _BREAK_IN_JAPANESE.sub("", text)
    return text


def _parse_day(written: str) -> date | None:
    # fromisoformat alone would take 20260331 and 2026-W13-2 too.
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", written, re.ASCII):
        return None
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def _or(words: Sequence[str]) -> str:
    return " か ".join(words)
