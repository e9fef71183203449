"""The neck's values refuse what no service could show."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.message import Control, Link, Quarter, Table


@given(
    st.from_regex(r"[a-z_]+\.[a-z_]+", fullmatch=True),
    st.from_regex(r"[\w-]{0,64}", fullmatch=True),
)
def test_a_control_is_read_back(action: str, token: str) -> None:
    """What a button carries should be read back as what was written, or not at all."""
    read = Control.parse(str(Control(action, token)))

    assert read in (Control(action, token), None)
    assert token.isascii() is (read is not None)


@given(st.text())
def test_any_text_as_a_control_is_read_or_none(text: str) -> None:
    """A forged id should never raise."""
    read = Control.parse(text)

    assert read is None or str(read) == text


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://x", "//x", " https://x"])
def test_a_link_leads_to_the_web(url: str) -> None:
    """An address of another scheme should not become a link."""
    with pytest.raises(ValueError, match="not a web address"):
        Link("x", url)


def test_a_tables_rows_fit_its_head() -> None:
    """A row with too few cells should be found where the table is made."""
    with pytest.raises(ValueError, match="row 2"):
        Table(("a", "b"), (("1", "2"), ("3",)), "表")


def test_a_year_has_four_quarters() -> None:
    """There should be no fifth quarter, and quarters should be in order."""
    with pytest.raises(ValueError, match="no such quarter"):
        Quarter(2017, 5)
    assert Quarter(2017, 4) < Quarter(2018, 1)
