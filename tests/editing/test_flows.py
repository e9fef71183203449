"""Articles made of replies, on both databases: who may do what, once, and what is kept."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from bot.clock import Clock
from bot.config import Settings
from bot.conversation.message import Notice, OpenForm
from bot.database.engine import Database
from bot.editing.records.drafts import drafts
from bot.inquiry.records.cases import case_steps
from bot.roster.model import Role
from bot.shelf.records import list_articles
from knowledge.base import KnowledgeBase
from tests.playing import Bot, buttons

QUESTION = "テレワーク中にラジオ体操をしなければなりませんか"
NUMBER = "2026-00001"
NOT_AT_DESK = Notice("この操作は、名簿に窓口担当として登録されている方だけができます。")
ARTICLE = {
    "title": "ラジオ体操",
    "questions": "テレワーク中のラジオ体操は必要ですか\n在宅でも体操しますか",
    "answer": "任意です。",
    "basis": "照会窓口の整理",
    "issuer": "内閣人事局",
    "applies_to": "一般職の国家公務員",
    "in_force": None,
    "owner": "内閣人事局",
}


@pytest.fixture
def bot(database: Database, knowledge: KnowledgeBase, clock: Clock, settings: Settings) -> Bot:
    """A desk that has answered an inquiry."""
    bot = Bot(database, knowledge, clock, settings)
    bot.enrol("asker", "環境省")
    bot.enrol("colleague", "環境省")
    bot.enrol("desk1", "内閣官房", Role.DESK_OFFICER)
    bot.enrol("desk2", "内閣官房", Role.DESK_OFFICER)
    bot.enrol("approver", "内閣官房", Role.APPROVER)
    (card,) = bot.say("asker", QUESTION)
    bot.press("asker", buttons(card)["担当者に照会する"])
    bot.press("desk1", f"inquiry.take_over:{NUMBER}")
    opened = bot.press("desk1", f"inquiry.compose:{NUMBER}")
    assert isinstance(opened, OpenForm)
    bot.submit("desk1", opened.form, text="任意です。", basis="", standing="advice")
    return bot


def steps(bot: Bot) -> list[tuple[str, str]]:
    with bot.database.read() as tx:
        rows = tx.execute(sa.select(case_steps).order_by(case_steps.c.id)).all()
    return [(row.step, row.account) for row in rows]


def propose(bot: Bot, officer: str = "desk1", **change: object) -> str:
    """Propose an article; its token."""
    opened = bot.press(officer, f"inquiry.draft:{NUMBER}")
    assert isinstance(opened, OpenForm)
    review_by = next(field for field in opened.form.fields if field.name == "review_by").initial  # type: ignore[union-attr]
    told = bot.submit(officer, opened.form, **{**ARTICLE, "review_by": review_by, **change})  # type: ignore[arg-type]
    assert isinstance(told, Notice)
    with bot.database.read() as tx:
        return str(tx.scalar(sa.select(drafts.c.token).order_by(drafts.c.id.desc()).limit(1)))


def test_the_inquirys_history_tells_of_its_article(bot: Bot) -> None:
    """What became of a reply should stand in the history of its inquiry, with who did it."""
    token = propose(bot)
    bot.press("approver", f"inquiry.approve:{token}")

    assert steps(bot)[-2:] == [("proposed", "desk1"), ("approved", "approver")]


@pytest.mark.parametrize("who", ["asker", "colleague", "stranger", "approver"])
def test_a_forged_press_for_an_article_is_refused(who: str, bot: Bot) -> None:
    """Roles should be checked where the decision is made, whatever a payload says."""
    assert bot.press(who, f"inquiry.draft:{NUMBER}") == NOT_AT_DESK


def test_nobody_approves_their_own_article(bot: Bot) -> None:
    """Two people should stand behind every article, and one decision."""
    token = propose(bot)
    own = bot.press("desk1", f"inquiry.approve:{token}")
    assert own == Notice("ご自身が出した案は承認できません。別の担当者の承認が必要です。")
    assert bot.press("colleague", f"inquiry.approve:{token}") == NOT_AT_DESK
    bot.press("desk2", f"inquiry.reject:{token}")
    late = bot.press("approver", f"inquiry.approve:{token}")

    assert late == Notice("この案は、すでに見送られました。")
    with bot.database.read() as tx:
        assert list_articles(tx) == {}


def test_an_article_that_would_break_the_library_is_not_published(bot: Bot) -> None:
    """What the content check refuses should be told to the approver, and leave all as it was."""
    token = propose(bot, questions="フレックスタイム制とはどのような仕組みですか\n" * 2, title=" ")
    told = bot.press("approver", f"inquiry.approve:{token}")

    assert isinstance(told, Notice)
    assert "まだ公開できません" in told.text
    with bot.database.read() as tx:
        assert list_articles(tx) == {}


def test_what_people_write_stays_text_in_an_article(bot: Bot) -> None:
    """YAML in a title or an answer should be a title and an answer, and nothing else."""
    odd = "- id: x\n  kind: 'rule' # : {a: b} & *c !!python/object:os.system"
    token = propose(bot, answer=odd, title="題: [名]")
    assert bot.press("approver", f"inquiry.approve:{token}") == Notice(
        "記事を公開しました。数秒で、どの画面からの質問にも使われます。"
    )
    with bot.database.read() as tx:
        assert list(list_articles(tx)) == [f"inquiry-{NUMBER}"]
