"""Articles as YAML, in the shape in which editors write them: read again, they are the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import yaml

from knowledge.article import Article, Period, Source, Version
from knowledge.article_form import COMMON
from knowledge.section import is_folded_whole

_ANY_WIDTH = 1_000_000
"""Every text stays on its line: where a line breaks is nothing that a reader should see."""


class _Folded(str):
    """A long text, on a line of its own."""


class _Inline(list[Any]):
    """A short list, on the line of its key."""


class _InlineMap(dict[str, Any]):
    """A few values, on the line of their key."""


class _Dumper(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Lists stand within their key, as editors write them."""
        super().increase_indent(flow, False)


def write_article(article: Article) -> str:
    """One article, ready for `read_library` and for a person's eye."""
    return write_articles((article,))


def write_articles(articles: Iterable[Article]) -> str:
    """Articles as one file holds them, a blank line between two."""
    return "\n".join(_dump([_plain(article)]) for article in articles)


def write_wordings(wordings: Mapping[str, Sequence[str]]) -> str:
    """Confirmed wordings as one file holds them, by the articles' ids."""
    return _dump([{"article": id, "questions": list(said)} for id, said in wordings.items()])


def _dump(content: Any) -> str:
    return yaml.dump(content, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=_ANY_WIDTH)


def _plain(article: Article) -> dict[str, Any]:
    """The fields in the guide's order, without those that say nothing."""
    fields = {
        "id": article.id,
        "kind": article.kind.value,
        "title": article.title,
        "questions": list(article.questions),
        "applies_to": article.applies_to,
        **_told(article.versions),
        "sources": [_source(source) for source in article.sources],
        "facts": _Inline(article.facts),
        "confidence": article.confidence.value,
        "hand_over": article.hand_over or None,
        "caution": article.caution,
        "inference": article.inference,
        "owner": article.owner,
        "review_by": article.review_by,
        "scope": _Inline(article.scope) or COMMON,
        "ministry": article.ministry,
        "blockers": _Inline(article.blockers) or None,
    }
    return _without_none(fields)


def _told(versions: Sequence[Version]) -> dict[str, Any]:
    if len(versions) == 1:
        return _version(versions[0])
    return {"versions": [_without_none(_version(version)) for version in versions]}


def _version(version: Version) -> dict[str, Any]:
    return {
        "in_force": _period(version.in_force),
        "answer": _Folded(version.answer),
        "detail": _Folded(version.detail) if version.detail else None,
    }


def _period(period: Period) -> _InlineMap | None:
    days = _without_none({"from": period.first, "to": period.last})
    return _InlineMap(days) if days else None


def _source(source: Source) -> dict[str, Any]:
    return _without_none(
        {
            "title": source.title,
            "issuer": source.issuer,
            "date": source.date,
            "where": source.where,
            "url": source.url,
        }
    )


def _without_none(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value is not None}


def _write_text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    # Several lines stay one scalar of one line, with \n in it: folding would lose some of them.
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, '"' if "\n" in text else None)


def _write_folded(dumper: yaml.SafeDumper, text: _Folded) -> yaml.Node:
    if not is_folded_whole(text):
        return _write_text(dumper, text)
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, ">")


def _write_inline(dumper: yaml.SafeDumper, items: _Inline) -> yaml.Node:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=True)


def _write_inline_map(dumper: yaml.SafeDumper, pairs: _InlineMap) -> yaml.Node:
    return dumper.represent_mapping("tag:yaml.org,2002:map", pairs.items(), flow_style=True)


_Dumper.add_representer(str, _write_text)
_Dumper.add_representer(_Folded, _write_folded)
_Dumper.add_representer(_Inline, _write_inline)
_Dumper.add_representer(_InlineMap, _write_inline_map)
