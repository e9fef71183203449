"""An article as YAML, from what a person has filled in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import yaml

from knowledge.article import Confidence, Kind


def write_rule(
    article_id: str,
    *,
    title: str,
    questions: Sequence[str],
    answer: str,
    basis: str,
    issuer: str,
    applies_to: str,
    in_force: date | None,
    owner: str,
    review_by: date,
    written_on: date,
    caution: str,
) -> str:
    """A rule that a desk has answered and approved, ready for `read_library`.

    It is secondary: the desk vouches for it, and nobody has compared the text of its source here.
    """
    article: dict[str, Any] = {
        "id": article_id,
        "kind": Kind.RULE.value,
        "title": title,
        "questions": list(questions),
        "applies_to": applies_to,
        "answer": answer,
        "sources": [{"title": basis, "issuer": issuer, "date": written_on.isoformat()}],
        "facts": [],
        "confidence": Confidence.SECONDARY.value,
        "caution": caution,
        "owner": owner,
        "review_by": review_by,
        "scope": "common",
    }
    if in_force is not None:
        article["in_force"] = {"from": in_force}
    return yaml.safe_dump([article], allow_unicode=True, sort_keys=False, width=1000)
