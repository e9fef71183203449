"""Articles made of replies, on both databases: who may do what, once, and what is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from bot.clock import Clock
from bot.config import Settings
from bot.conversation.message import Form, Notice, Table
from bot.database.engine import Database
from bot.inquiry.records.cases import case_steps
from bot.roster import flows as roster
from bot.roster.model import Appointment, Holding, Position, Role
from bot.shelf.records import add_article, list_articles
from knowledge.article import Confidence
from knowledge.base import KnowledgeBase
from knowledge.library import parse_article
from knowledge.writing import write_article
from tests.editing.loop import NUMBER, fill, list_rows, open_desk, open_form, propose
from tests.playing import AT, NOBODY, Bot, account, buttons

__all__ = ["propose"]

NOT_AT_DESK = Notice("この操作は、名簿に窓口担当として登録されている方だけができます。")
OWN = Notice("ご自身が出した案は承認できません。別の担当者の承認が必要です。")


@pytest.fixture
def bot(database: Database, knowledge: KnowledgeBase, clock: Clock, settings: Settings) -> Bot:
    """A desk that has answered an inquiry."""
    return open_desk(database, knowledge, clock, settings)


def steps(bot: Bot) -> list[tuple[str, str]]:
    with bot.database.read() as tx:
        rows = tx.execute(sa.select(case_steps).order_by(case_steps.c.id)).all()
    return [(row.step, row.account) for row in rows]


def test_the_inquirys_history_tells_of_its_article(bot: Bot) -> None:
    """What became of a reply should stand in the history of its inquiry, with who did it."""
    token = propose(bot)
    bot.press("approver", f"inquiry.approve:{token}")

    assert steps(bot)[-2:] == [("proposed", "desk1"), ("approved", "approver")]


def test_a_forged_press_for_an_article_is_refused(bot: Bot) -> None:
    """Roles should be checked where the decision is made, whatever a payload says."""
    for who in ("asker", "colleague", "stranger", "approver"):
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


def test_an_article_that_would_break_the_library_is_not_proposed(bot: Bot) -> None:
    """What the content check refuses should be told at once, and leave all as it was."""
    taken = bot.context.knowledge.get_article("flextime-core-time").questions[0]
    told = fill(bot, "desk1", open_form(bot, "desk1", f"inquiry.draft:{NUMBER}"), questions=taken)

    assert isinstance(told, Notice)
    assert "まだ公開できません" in told.text
    assert list_rows(bot) == []


def test_what_was_sound_when_it_was_proposed_is_checked_again(bot: Bot) -> None:
    """An article that another one has got in the way of meanwhile should not be published."""
    token = propose(bot)
    core = bot.context.knowledge.get_article("flextime-core-time")
    other = replace(core, id="other", title="別の体操", questions=("在宅でも体操しますか",))
    with bot.database.write() as tx:
        add_article(tx, "other", write_article(other), AT)
    told = bot.press("approver", f"inquiry.approve:{token}")

    assert isinstance(told, Notice)
    assert "「在宅でも体操しますか」は記事「別の体操」の聞き方にもあります" in told.text
    assert [row.verdict for row in list_rows(bot)] == ["proposed"]


def test_what_people_write_stays_text_in_an_article(bot: Bot) -> None:
    """YAML in a title or an answer should be a title and an answer, and nothing else."""
    odd = "- id: x\n  kind: 'rule' # : {a: b} & *c !!python/object:os.system"
    token = propose(bot, answer=odd, title="題: [名]")
    assert bot.press("approver", f"inquiry.approve:{token}") == Notice(
        "記事を公開しました。数秒で、どの画面からの質問にも使われます。"
    )
    with bot.database.read() as tx:
        assert list(list_articles(tx)) == [f"inquiry-{NUMBER}"]


# ---------------------------------------------------------------- returned, and proposed again


def send_back(bot: Bot, token: str, reason: str = "根拠を詳しく。") -> None:
    form = open_form(bot, "approver", f"editing.return:{token}")
    assert bot.submit("approver", form, reason=reason) == Notice(
        "案を差し戻しました。提案した方に理由をお知らせします。"
    )


def test_a_returned_draft_comes_back_as_it_stood(bot: Bot) -> None:
    """The proposer should be told why, and mend what they wrote, not write it again."""
    send_back(bot, propose(bot))
    told = bot.room.messages_in("@desk1")[-1]
    form = open_form(bot, "desk1", str(buttons(told)["直して出し直す"].control))

    assert "差し戻しの理由：根拠を詳しく。" in str(form.intro)
    initial = {field.name: field.initial for field in form.fields}  # type: ignore[union-attr]
    assert (initial["title"], initial["answer"]) == ("ラジオ体操", "任意です。")
    assert initial["questions"] == "テレワーク中のラジオ体操は必要ですか\n在宅でも体操しますか"
    fill(bot, "desk1", form, basis="人事院規則10-4")
    assert [(row.revision, row.verdict, row.basis) for row in list_rows(bot)] == [
        (1, "returned", "照会窓口の整理"),
        (2, "proposed", "人事院規則10-4"),
    ]


def test_every_version_is_kept_with_who_and_when(bot: Bot) -> None:
    """From the first draft to the last, the history should tell who did what, why and when."""
    send_back(bot, propose(bot))
    fill(bot, "desk1", open_form(bot, "desk1", "editing.revise:inquiry-2026-00001"))
    bot.press("approver", f"inquiry.approve:{list_rows(bot)[-1].token}")
    bot.press("desk2", "editing.history:inquiry-2026-00001", "desk")
    shown = bot.room.messages_in("desk")[-1]

    (table,) = (element for element in shown.elements if isinstance(element, Table))
    noon = "令和8年10月6日 12:00"
    assert table.rows == (
        (noon, "第1案の提案", "desk1", ""),
        (noon, "第1案の差し戻し", "approver", "根拠を詳しく。"),
        (noon, "第2案の提案", "desk1", ""),
        (noon, "第2案の承認・公開", "approver", ""),
    )


def test_the_card_of_what_was_returned_offers_nothing_more(bot: Bot) -> None:
    """Once it is proposed again, the old card should lead nowhere but to the history."""
    send_back(bot, propose(bot))
    old = bot.room.messages_in("desk")[-1]
    assert list(buttons(old)) == ["直して出し直す", "記事の履歴"]
    fill(bot, "desk1", open_form(bot, "desk1", "editing.revise:inquiry-2026-00001"))
    old, new = bot.room.messages_in("desk")[-2:]

    assert list(buttons(old)) == ["記事の履歴"]
    assert list(buttons(new)) == ["承認する", "差し戻す", "見送る", "記事の履歴"]
    late = bot.press("desk1", "editing.revise:inquiry-2026-00001")
    assert late == Notice("この記事には、承認を待っている案がすでにあります。")


def test_two_drafts_of_one_article_do_not_wait_side_by_side(bot: Bot) -> None:
    """A second draft would undo the first, so there should be one at a time."""
    propose(bot)
    told = bot.press("desk2", f"inquiry.draft:{NUMBER}")

    assert told == Notice("この記事には、承認を待っている案がすでにあります。")


def test_only_the_proposer_mends_what_was_returned(bot: Bot) -> None:
    """A colleague should not put their words under somebody's draft by its button."""
    send_back(bot, propose(bot))
    told = bot.press("desk2", "editing.revise:inquiry-2026-00001")

    assert told == Notice("差し戻された案は、提案した方が直します。")


def test_whoever_had_a_hand_in_it_is_not_the_second_person(bot: Bot) -> None:
    """Who proposed the first revision should not approve the one that a colleague made of it."""
    send_back(bot, propose(bot))
    fill(bot, "desk2", open_form(bot, "desk2", f"inquiry.draft:{NUMBER}"))
    token = list_rows(bot)[-1].token

    assert bot.press("desk1", f"inquiry.approve:{token}") == OWN
    assert bot.press("desk2", f"inquiry.approve:{token}") == OWN
    bot.press("approver", f"inquiry.approve:{token}")
    assert list_rows(bot)[-1].verdict == "approved"


def test_a_persons_other_account_is_no_second_person(bot: Bot) -> None:
    """Persons should be compared, not accounts: one may use two chat services."""
    desk = Position("内閣官房", "内閣人事局 窓口担当", Role.DESK_OFFICER)
    held = Holding(desk, "two@go.example", "二つ", Appointment.REGULAR, date(2026, 4, 1), None)
    with bot.database.write() as tx:
        changes, _ = roster.examine(tx, [held], whole=False)
        roster.enter(tx, changes, NOBODY, AT)
        for name in ("phone", "desktop"):
            assert roster.link_account(tx, account(name), "two@go.example", NOBODY, AT)
    token = propose(bot, "phone")

    for what in ("inquiry.approve", "inquiry.reject", "editing.return"):
        assert bot.press("desktop", f"{what}:{token}") == OWN


def test_whoever_does_not_work_on_articles_is_refused(bot: Bot) -> None:
    """A forged press should change nothing, and show nothing that is not published."""
    token, article = propose(bot), "inquiry-2026-00001"
    pressed = [f"inquiry.{what}:{token}" for what in ("approve", "reject")]
    pressed += [
        f"editing.return:{token}",
        f"editing.history:{article}",
        f"editing.revise:{article}",
    ]
    before = len(bot.room.lines)

    for who in ("asker", "stranger"):
        assert [bot.press(who, control) for control in pressed] == [NOT_AT_DESK] * 5
    assert len(bot.room.lines) == before
    assert [row.verdict for row in list_rows(bot)] == ["proposed"]


# ---------------------------------------------------------------- what is published, reworded


def test_a_shipped_article_is_amended_from_a_day_on(bot: Bot) -> None:
    """A change of the rule should leave what held before it, and be told as what the desk wrote."""
    before = bot.context.knowledge.get_article("flextime-core-time")
    form = open_form(bot, "desk1", "editing.revise:flextime-core-time")
    bot.submit(
        "desk1",
        form,
        **initial(form) | {"answer": "コアタイムはありません。", "in_force": date(2027, 4, 1)},
    )
    bot.press("approver", f"inquiry.approve:{list_rows(bot)[-1].token}")
    with bot.database.read() as tx:
        after = parse_article(list_articles(tx)["flextime-core-time"])

    assert after.versions[:-2] == before.versions[:-1]
    assert after.version_on(date(2027, 3, 31)).answer == before.versions[-1].answer  # type: ignore[union-attr]
    assert after.version_on(date(2027, 4, 1)).answer == "コアタイムはありません。"  # type: ignore[union-attr]
    assert (after.questions, after.sources) == (before.questions, before.sources)
    assert (after.facts, after.confidence) == ((), Confidence.SECONDARY)


def test_a_new_title_leaves_the_ground_as_it_was_checked(bot: Bot) -> None:
    """Where the rule's text stays, so should the facts that carry it."""
    before = bot.context.knowledge.get_article("flextime-core-time")
    form = open_form(bot, "desk1", "editing.revise:flextime-core-time")
    bot.submit("desk1", form, **initial(form) | {"title": "コアタイムの長さ"})
    bot.press("approver", f"inquiry.approve:{list_rows(bot)[-1].token}")
    with bot.database.read() as tx:
        after = parse_article(list_articles(tx)["flextime-core-time"])

    review_by = date(2027, 10, 6)
    assert after == replace(before, title="コアタイムの長さ", review_by=review_by)


def test_a_change_does_not_begin_before_what_it_changes(bot: Bot) -> None:
    """A rule of the past is no amendment of the one in force."""
    form = open_form(bot, "desk1", "editing.revise:flextime-core-time")
    told = bot.submit("desk1", form, **initial(form) | {"in_force": date(1990, 4, 1)})

    assert isinstance(told, Notice)
    assert "より前です" in told.text


def initial(form: Form) -> dict[str, Any]:
    return {field.name: field.initial for field in form.fields}  # type: ignore[union-attr]
