"""A reply that a second person checks, on both databases: word for word, and never their own."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from bot.chat.terminal.render import render_text
from bot.config import Settings
from bot.conversation.message import Form, Link, Message, Notice, OpenForm, SeveralOfField
from bot.database.engine import Database
from bot.inquiry.records.cases import cases
from bot.inquiry.records.reply_drafts import reply_drafts
from bot.roster import flows as roster
from bot.roster.model import Appointment, Holding, Position, Role
from knowledge.base import KnowledgeBase
from knowledge.desk import Release, Signature
from tests.inquiry.ladder import COMMON, change_desk
from tests.inquiry.loop import NUMBER, Desk, name, open_desk
from tests.playing import NOBODY, account, acts, buttons

OWN = Notice("ご自身が書いた回答案は発出も差戻しもできません。別の担当者の確認が必要です。")


@pytest.fixture
def desk(database: Database, knowledge: KnowledgeBase, settings: Settings) -> Desk:
    """An inquiry taken over at a desk that has its replies checked."""
    checked = change_desk(knowledge, COMMON, reply=Release.CHECKED)
    desk = open_desk(database, checked, settings, 2026, 10, 6)
    desk.refer()
    desk.take_over()
    return desk


def stage(desk: Desk, number: str = NUMBER) -> str:
    with desk.bot.database.read() as tx:
        return str(tx.scalar(sa.select(cases.c.stage).where(cases.c.number == number)))


def fates(desk: Desk) -> list[str]:
    with desk.bot.database.read() as tx:
        return list(tx.scalars(sa.select(reply_drafts.c.fate).order_by(reply_drafts.c.revision)))


def drafts(desk: Desk) -> list[Message]:
    """The cards of drafted replies, as they stand."""
    return [m for m in desk.bot.room.messages_in("desk") if "の案があります" in m.gist]


def press(desk: Desk, who: str, label: str, card: int = -1) -> Any:
    return desk.press(who, buttons(drafts(desk)[card])[label].control)


def answers(desk: Desk, who: str = "asker") -> list[Message]:
    return [m for m in desk.bot.room.messages_in(f"@{who}") if m.gist.startswith("照会への")]


def test_a_reply_reaches_the_asker_only_when_somebody_else_has_checked_it(desk: Desk) -> None:
    """The desk should read the draft, the asker nothing; then the asker the very words."""
    told = desk.reply(text="任意です。")
    assert told == "回答案を窓口に出しました。別の担当者が確認すると、質問された方に届きます。"
    assert (stage(desk), answers(desk)) == ("checking", [])
    assert drafts(desk)[0].gist == f"参考回答の案があります（受付番号 {NUMBER}、第1版）"
    assert acts(drafts(desk)[0]) == ["確認して発出する", "差し戻す"]
    assert acts(desk.card()) == ["案を直す", "案を取り下げる"]
    assert press(desk, "desk2", "確認して発出する") == Notice("回答を送りました。")

    (answer,) = answers(desk)
    assert "任意です。" in str(answer.elements)
    assert (stage(desk), fates(desk)) == ("answered", ["issued"])
    assert "確認され、発出されました" in str(drafts(desk)[0].elements)
    assert buttons(drafts(desk)[0]) == {}


def test_nobody_checks_their_own_draft(desk: Desk) -> None:
    """Two people should stand behind a reply, whatever accounts they use and whoever began it."""
    desk.reply()
    for label in ("確認して発出する", "差し戻す"):
        assert press(desk, "desk1", label) == OWN
    for outsider in ("asker", "colleague"):
        refused = press(desk, outsider, "確認して発出する")
        assert "登録されている方だけ" in refused.text
    assert answers(desk) == []


def test_two_accounts_of_one_person_are_not_two_people(desk: Desk) -> None:
    """An officer with a second account should not check what they wrote with the first."""
    position = Position("内閣官房", "内閣人事局 参事官補佐", Role.DESK_OFFICER)
    since = desk.hand.at.date()
    held = Holding(position, "a@go.example", "参事官補佐", Appointment.REGULAR, since, None)
    with desk.bot.database.write() as tx:
        changes, _ = roster.examine(tx, [held], whole=False)
        roster.enter(tx, changes, NOBODY, desk.hand.at)
        for one in ("first", "other"):
            assert roster.link_account(tx, account(one), "a@go.example", NOBODY, desk.hand.at)
    desk.press("desk1", f"inquiry.hand_back:{NUMBER}")
    desk.take_over("first")
    desk.reply("first")

    assert press(desk, "other", "確認して発出する") == OWN


def test_who_wrote_an_earlier_revision_is_no_second_person(desk: Desk) -> None:
    """A draft that two have written in turn should need a third."""
    desk.reply(text="一の版")
    desk.fill("desk2", buttons(drafts(desk)[0])["差し戻す"].control, reason="根拠がありません。")
    desk.press("desk1", f"inquiry.hand_back:{NUMBER}")
    desk.take_over("desk2")
    desk.reply("desk2", text="二の版")

    assert press(desk, "desk1", "確認して発出する") == OWN
    desk.bot.enrol("desk3", "内閣官房", Role.DESK_OFFICER)
    assert press(desk, "desk3", "確認して発出する") == Notice("回答を送りました。")


def test_what_is_returned_comes_back_with_the_reason(desk: Desk) -> None:
    """Whoever wrote it should read why, and go on from what they wrote."""
    desk.reply(text="任意です。")
    desk.fill("desk2", buttons(drafts(desk)[0])["差し戻す"].control, reason="根拠がありません。")

    assert (stage(desk), fates(desk)) == ("taken", ["returned"])
    assert "根拠がありません。" in render_text(drafts(desk)[0])
    told = desk.last_in("@desk1")
    assert told.gist == f"受付番号 {NUMBER}：回答案が差し戻されました。"
    assert "根拠がありません。" in render_text(told)
    opened = desk.press("desk1", f"inquiry.compose:{NUMBER}")
    assert isinstance(opened, OpenForm)
    assert opened.form.fields[0].initial == "任意です。"  # type: ignore[union-attr]
    assert buttons(drafts(desk)[0]) == {}


def test_revisions_are_kept_and_the_last_one_goes_out(desk: Desk) -> None:
    """A press on the card of an earlier revision should issue nothing: it was not read."""
    desk.reply(text="一の版")
    old = buttons(drafts(desk)[0])["確認して発出する"].control
    desk.reply(text="二の版")

    assert fates(desk) == ["replaced", "waiting"]
    assert [buttons(card) == {} for card in drafts(desk)] == [True, False]
    assert desk.press("desk2", old) == Notice("この回答案は、すでに新しい案に替わりました。")
    press(desk, "desk2", "確認して発出する")
    (answer,) = answers(desk)
    assert "二の版" in str(answer.elements)
    assert "第2版" in drafts(desk)[1].gist


def test_what_is_withdrawn_does_not_go_out(desk: Desk) -> None:
    """Whoever wrote it should be able to take it back until it has gone out."""
    desk.reply()
    button = buttons(drafts(desk)[0])["確認して発出する"].control
    assert desk.press("desk1", f"inquiry.withdraw:{NUMBER}") is None

    assert (stage(desk), fates(desk)) == ("taken", ["withdrawn"])
    assert desk.press("desk2", button) == Notice("この回答案は、すでに取り下げられました。")
    assert answers(desk) == []


def test_a_reply_goes_out_once_however_often_it_is_issued(desk: Desk) -> None:
    """Two who check at once should bring the asker one answer."""
    desk.bot.enrol("desk3", "内閣官房", Role.DESK_OFFICER)
    desk.reply()
    button = buttons(drafts(desk)[0])["確認して発出する"].control
    desk.press("desk2", button)

    assert desk.press("desk3", button) == Notice("この回答案は、すでに確認され、発出されました。")
    assert len(answers(desk)) == 1


def test_a_draft_is_late_like_any_answer(desk: Desk) -> None:
    """The asker waits for the answer: while it lies with the desk, its clock should run."""
    desk.reply()
    desk.hand.move(10, 13)
    desk.tick()

    assert f"受付番号 {NUMBER}：回答の期限を過ぎました。" in desk.said_in("desk")
    press(desk, "desk2", "確認して発出する")
    desk.hand.move(10, 16)
    desk.tick()
    assert not any("再度のお知らせ" in gist for gist in desk.said_in("desk"))


def test_who_asked_the_same_has_the_checked_answer_too(desk: Desk) -> None:
    """An inquiry that is merged while the draft waits should be answered with it."""
    desk.reply()
    desk.refer("second")
    desk.merge(1, 2)
    assert stage(desk, name(2)) == "merged"
    press(desk, "desk2", "確認して発出する")

    assert [len(answers(desk, who)) for who in ("asker", "second")] == [1, 1]


def test_the_history_tells_who_wrote_and_who_checked(desk: Desk) -> None:
    """Both people, the reason and every wording should be in the history."""
    desk.reply(text="一の版")
    desk.fill("desk2", buttons(drafts(desk)[0])["差し戻す"].control, reason="根拠がありません。")
    desk.reply(text="二の版")
    press(desk, "desk2", "確認して発出する")
    desk.press("desk1", f"inquiry.recount:{NUMBER}")
    told = render_text(desk.last_in("@desk1"))

    pieces = ["回答案を出しました", "一の版", "差し戻しました", "根拠がありません。"]
    pieces += ["回答案を出しました", "二の版", "回答を発出しました", "二の版"]
    place = 0
    for piece in pieces:
        place = told.find(piece, place) + 1
        assert place, piece


# ---------------------------------------------------------------- sources


@pytest.fixture
def direct(database: Database, knowledge: KnowledgeBase, settings: Settings) -> Desk:
    """An inquiry about what the bot has an article on, at a desk that answers directly."""
    desk = open_desk(database, knowledge, settings, 2026, 10, 6)
    desk.refer(text="フレックスのコアタイムは何時間ですか")
    desk.take_over()
    return desk


def form(desk: Desk) -> Form:
    opened = desk.press("desk1", f"inquiry.compose:{NUMBER}")
    assert isinstance(opened, OpenForm)
    return opened.form


def test_sources_stand_under_the_answer_with_date_and_address(direct: Desk) -> None:
    """Articles by a tick or by title, addresses and plain titles should all be led to."""
    article = direct.bot.context.knowledge.search("フレックスのコアタイム").matches[0].article
    field = next(f for f in form(direct).fields if isinstance(f, SeveralOfField))
    assert article.id in [option.value for option in field.options]
    other = next(one for one in direct.bot.context.knowledge.library.articles if one.sources)
    typed = f"勤務時間の手引き https://www.example.go.jp/a?b=1\n\n局内通知第3号\n{other.title}"
    direct.bot.submit(
        "desk1",
        form(direct),
        text="2時間です。",
        basis="人事院規則15-14",
        standing="official",
        articles=(article.id,),
        sources=typed,
    )

    answer = answers(direct)[-1]
    shown = render_text(answer)
    source = article.sources[0]
    for piece in (source.title, source.issuer, source.date, f"記事「{article.title}」"):
        assert piece in shown
    assert "勤務時間の手引き" in shown
    assert "（令和8年10月6日参照）" in shown
    assert "局内通知第3号" in shown
    assert other.sources[0].title in shown
    links = [
        span.url
        for e in answer.elements
        for _, spans in getattr(e, "pairs", ())
        for span in spans
        if isinstance(span, Link)
    ]
    assert "https://www.example.go.jp/a?b=1" in links
    assert source.url in links
    assert "照会への正式回答" in answer.gist


def test_an_answer_needs_no_source(direct: Desk) -> None:
    """Nothing should stand there where nothing was given, and ids that nobody knows add nothing."""
    direct.bot.submit(
        "desk1",
        form(direct),
        text="2時間です。",
        basis="",
        standing="advice",
        articles=("no-such-article",),
        sources=" \n ",
    )

    shown = render_text(answers(direct)[-1])
    assert "出典" not in shown
    assert "根拠" not in shown


def test_a_source_is_text_whatever_is_typed(direct: Desk) -> None:
    """Only web addresses should become links, and nothing should run."""
    direct.bot.submit(
        "desk1",
        form(direct),
        text="2時間です。",
        basis="",
        standing="advice",
        sources="javascript:alert(1)\n<script>x</script> https://a.example/<b>",
    )

    links = [
        span
        for e in answers(direct)[-1].elements
        for _, spans in getattr(e, "pairs", ())
        for span in spans
        if isinstance(span, Link)
    ]
    assert [link.url for link in links] == ["https://a.example/<b>"]
    assert "javascript:alert(1)" in render_text(answers(direct)[-1])


def test_a_draft_is_gone_on_from_with_its_sources(desk: Desk) -> None:
    """Another revision should begin with what the last one had, ticks and lines."""
    article = desk.bot.context.knowledge.library.articles[0]
    desk.bot.submit(
        "desk1",
        form(desk),
        text="任意です。",
        basis="規則",
        standing="official",
        articles=(article.id,),
        sources="局内通知 https://a.example/",
    )
    again = {field.name: getattr(field, "initial", None) for field in form(desk).fields}

    assert again == {
        "text": "任意です。",
        "basis": "規則",
        "standing": "official",
        "articles": (article.id,),
        "sources": "局内通知 https://a.example/",
    }


@pytest.mark.parametrize(
    ("signs", "signature"),
    [
        (Signature.OFFICE, "内閣人事局 照会窓口"),
        (Signature.NAME, "内閣人事局 照会窓口（担当 desk1）"),
    ],
)
def test_an_answer_bears_a_name_only_where_the_desk_signs_so(
    signs: Signature,
    signature: str,
    database: Database,
    knowledge: KnowledgeBase,
    settings: Settings,
) -> None:
    """The asker should read the desk's name, and its officer's where the content says so."""
    signing = change_desk(knowledge, COMMON, signs=signs)
    desk = open_desk(database, signing, settings, 2026, 10, 6)
    desk.refer()
    desk.take_over()
    desk.reply(text="任意です。")

    (answer,) = answers(desk)
    assert f"('回答者', ('{signature}',))" in str(answer.elements)
