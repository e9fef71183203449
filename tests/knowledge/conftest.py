"""What tests of the knowledge package may ask for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.knowledge.content import ARTICLE, OTHERS, SECOND, Content


@pytest.fixture
def content(tmp_path: Path) -> Content:
    """A content folder without a fault."""
    (tmp_path / "articles").mkdir()
    content = Content(tmp_path)
    for name, text in {"articles/a.yaml": ARTICLE, "articles/b.yaml": SECOND, **OTHERS}.items():
        content.write(name, text)
    return content
