"""Inquiries that ask for the same, on both databases: one answer, brought to each asker once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from hypothesis import strategies as st

from bot.clock import Clock
from bot.config import Settings
from bot.conversation.message import Message, Notice, OpenForm
from bot.database.engine import Database
from bot.inquiry.records.cases import cases
from knowledge.base import KnowledgeBase
from tests.inquiry.ladder import COMMON, open_ladder
from tests.inquiry.loop import Desk, Hand, name, open_desk
from tests.left_out import examples
from tests.playing import acts, buttons

WORDINGS = {
    "asker": "テレワーク中にラジオ体操をしなければなりませんか",
    "second": "在宅勤務のときラジオ体操って要りますか（財務局の者です）",
    "third": "ラジオ体操はテレワーク中にもするのでしょうか？腰痛です",
}
TOGETHER = Notice("この2件はまとめられません。窓口が違うか、すでに1つにまとまっています。")


@pytest.fixture
def desk(database: Database, knowledge: KnowledgeBase, settings: Settings) -> Desk:
    """Three people ask for the same in their own words."""
    desk = open_desk(database, knowledge, settings, 2026, 10, 6)
    for who, text in WORDINGS.items():
        desk.refer(who, text)
    return desk


def kept(desk: Desk) -> dict[str, Any]:
    with desk.bot.database.read() as tx:
        return {row.number: row for row in tx.execute(sa.select(cases).order_by(cases.c.id))}


def stages(desk: Desk) -> list[str]:
    return [row.stage for row in kept(desk).values()]


def answers(desk: Desk, who: str) -> list[Message]:
    """What an asker was answered by a person."""
    return [m for m in desk.bot.room.messages_in(f"@{who}") if m.gist.startswith("照会への")]


def texts(message: Message) -> str:
    return str(message.elements)


def test_what_may_ask_for_the_same_is_proposed_to_the_desk(desk: Desk) -> None:
    """The card of a later inquiry should name the earlier ones, each with its button."""
    assert not any("まとめる" in label for label in buttons(desk.card(name(1))))
    assert [label for label in buttons(desk.card(name(3))) if "まとめる" in label] == [
        f"{name(1)} と同じ照会としてまとめる",
        f"{name(2)} と同じ照会としてまとめる",
    ]
    assert "同じ内容かもしれない照会" in texts(desk.card(name(3)))
    told = desk.press("desk1", f"inquiry.find_alike:{name(1)}")
    assert told == Notice("同じ内容かもしれない照会が2件あります。受付時の投稿で確かめてください。")
    assert f"{name(3)} と同じ照会としてまとめる" in buttons(desk.card(name(1)))


def test_one_answer_reaches_each_asker_in_their_own_conversation(desk: Desk) -> None:
    """Everybody should read the answer to their own words, under their own number, and once."""
    told = desk.press(
        "desk1", buttons(desk.card(name(2)))[f"{name(1)} と同じ照会としてまとめる"].control
    )
    assert told == Notice(
        f"受付番号 {name(2)} を {name(1)} とまとめました。回答は両方の方に届きます。"
    )
    desk.merge(3, 1)
    assert stages(desk) == ["waiting", "merged", "merged"]
    assert f"ほかの照会とまとめて対応中（受付番号 {name(1)}）" in texts(desk.card(name(2)))
    assert acts(desk.card(name(2))) == ["まとめを解く"]
    assert "まとめた照会（2件）" in texts(desk.card(name(1)))
    desk.take_over("desk1", name(1))
    opened = desk.press("desk1", f"inquiry.compose:{name(1)}")
    assert isinstance(opened, OpenForm)
    assert "まとめた照会2件の方にも、同じ文面が届きます。" in (opened.form.intro or "")
    sent = desk.reply("desk1", name(1), "任意です。")

    assert sent == "回答を送りました。まとめた照会2件の方にも送りました。"
    assert stages(desk) == ["answered"] * 3
    for count, (who, wording) in enumerate(WORDINGS.items(), start=1):
        (answer,) = answers(desk, who)
        assert answer.gist == f"照会への参考回答です（受付番号 {name(count)}）"
        assert wording in texts(answer)
        others = [text for other, text in WORDINGS.items() if other != who]
        assert not any(
            text in texts(m) for text in others for m in desk.bot.room.messages_in(f"@{who}")
        )


def test_each_asker_rates_for_themselves(desk: Desk) -> None:
    """One who is content and one who is not should each have what they pressed."""
    desk.merge(1, 2)
    desk.take_over()
    desk.reply()
    assert isinstance(
        desk.press("second", buttons(answers(desk, "asker")[0])["解決した"].control), Notice
    )
    desk.press("asker", buttons(answers(desk, "asker")[0])["解決した"].control)
    desk.press("second", buttons(answers(desk, "second")[0])["まだ解決していない"].control)

    assert stages(desk) == ["closed", "taken", "waiting"]
    desk.reply("desk1", name(2), "詳しく申し上げます。")
    assert (len(answers(desk, "asker")), len(answers(desk, "second"))) == (1, 2)


def test_who_is_parted_has_an_answer_of_their_own(desk: Desk) -> None:
    """Unmerged, an inquiry should wait again, by the day that its asker was promised."""
    desk.merge(1, 2)
    assert desk.press("desk2", f"inquiry.unmerge:{name(2)}") is None
    desk.take_over()
    desk.reply()

    assert stages(desk) == ["answered", "waiting", "waiting"]
    assert (answers(desk, "second"), kept(desk)[name(2)].due_on) == ([], kept(desk)[name(1)].due_on)
    late = desk.press("desk1", f"inquiry.unmerge:{name(2)}")
    assert late == Notice(
        "この照会は、いま「担当者を待っています」です。画面を新しくしてください。"
    )


def test_chains_are_flattened(desk: Desk) -> None:
    """Whoever follows a follower should follow the one that is answered."""
    desk.merge(2, 3)
    desk.merge(3, 1)

    assert {row.main for row in kept(desk).values()} == {None, name(1)}
    assert stages(desk) == ["waiting", "merged", "merged"]
    assert desk.press("desk1", f"inquiry.merge:{name(2)}-{name(3)}") == TOGETHER


def test_only_the_desk_merges_and_only_what_fits(desk: Desk) -> None:
    """Forged presses, a colleague's inquiry and what is answered should be left alone."""
    forged = f"inquiry.merge:{name(1)}-{name(2)}"
    assert "登録されている方だけ" in desk.press("asker", forged).text  # type: ignore[union-attr]
    assert "登録されている方だけ" in desk.press("asker", f"inquiry.unmerge:{name(2)}").text  # type: ignore[union-attr]
    assert desk.press("desk1", f"inquiry.merge:{name(1)}-{name(9)}") == Notice(
        "この照会の記録が見つかりません。"
    )
    assert desk.press("desk1", f"inquiry.merge:{name(1)}-{name(1)}") == TOGETHER
    desk.take_over("desk2", name(2))
    assert "担当者が対応しています" in desk.merge(1, 2)
    desk.reply("desk2", name(2))
    assert "回答済み" in desk.merge(1, 2)
    assert stages(desk) == ["waiting", "answered", "waiting"]


def test_what_an_asker_was_asked_back_is_dropped_where_another_leads(desk: Desk) -> None:
    """Nobody should be waited for whose inquiry is answered with another one's."""
    desk.take_over("desk1", name(2))
    desk.ask_back(number=name(2))
    desk.merge(1, 2)

    assert "不要になりました" in texts(desk.last_in("@second"))
    assert stages(desk)[:2] == ["waiting", "merged"]


def test_an_inquiry_that_lapses_lets_the_others_go(desk: Desk) -> None:
    """Who asked the same as somebody who never answered should not be forgotten with them."""
    desk.merge(1, 2)
    desk.take_over()
    desk.ask_back()
    for day in (9, 15):
        desk.hand.move(10, day)
        desk.tick()
    assert desk.press("desk1", f"inquiry.lapse:{name(1)}") is None

    assert stages(desk)[:2] == ["lapsed", "waiting"]
    assert desk.said_in("desk")[-1] == f"受付番号 {name(2)}：まとめを解きました。"


def test_what_is_merged_is_late_only_with_its_main(desk: Desk) -> None:
    """One notice should be enough for what has one answer."""
    desk.merge(1, 2)
    desk.merge(1, 3)
    desk.hand.move(10, 13)
    desk.tick()

    assert [gist for gist in desk.said_in("desk") if "期限" in gist] == [
        f"受付番号 {name(1)}：回答の期限を過ぎました。"
    ]


def test_a_group_goes_to_another_desk_together(
    database: Database, knowledge: KnowledgeBase, clock: Clock, settings: Settings
) -> None:
    """Each asker should read who answers now, and the group be one at the new desk too."""
    bot = open_ladder(database, knowledge, clock, settings)
    desk = Desk(bot, Hand(clock.now()))
    bot.enrol("second", "環境省")
    for who in ("asker", "second"):
        desk.refer(who, WORDINGS[who])
    desk.merge(1, 2, "own")
    desk.fill("own", f"inquiry.move:{name(1)}", desk=COMMON)

    assert [(row.desk, row.stage) for row in kept(desk).values()] == [
        (COMMON, "waiting"),
        (COMMON, "merged"),
    ]
    for who in ("asker", "second"):
        assert "内閣人事局 照会窓口が引き継ぎました" in desk.last_in(f"@{who}").gist
    desk.take_over("common", name(1))
    desk.reply("common", name(1))
    assert [len(answers(desk, who)) for who in ("asker", "second")] == [1, 1]


def test_desks_do_not_merge_with_each_other(
    database: Database, knowledge: KnowledgeBase, clock: Clock, settings: Settings
) -> None:
    """What came to two desks should neither be proposed nor merged, even by who works at both."""
    bot = open_ladder(database, knowledge, clock, settings)
    desk = Desk(bot, Hand(clock.now()))
    desk.refer("asker", WORDINGS["asker"])
    desk.refer("other", WORDINGS["second"])

    assert not any("まとめる" in label for label in buttons(desk.card(name(2))))
    refused = desk.press("common", f"inquiry.merge:{name(1)}-{name(2)}")
    assert isinstance(refused, Notice)
    assert "環境省 人事担当" in refused.text


# ---------------------------------------------------------------- whatever the order


class Model:
    """Who is in whose group, and how many answers each asker should have."""

    def __init__(self, desk: Desk, first: int) -> None:
        self.desk = desk
        self.numbers = [first, first + 1, first + 2]
        self.main = [0, 1, 2]
        self.open = [True] * 3
        self.sent = [0] * 3

    def merge(self, one: int, other: int) -> None:
        first, second = sorted((self.main[one], self.main[other]))
        if first != second and self.open[first] and self.open[second]:
            self.main = [first if main == second else main for main in self.main]
        self.desk.merge(self.numbers[one], self.numbers[other])

    def part(self, one: int) -> None:
        if self.main[one] != one:
            self.main[one] = one
        self.desk.press("desk1", f"inquiry.unmerge:{name(self.numbers[one])}")

    def reply(self, one: int) -> None:
        number = name(self.numbers[one])
        self.desk.press("desk1", f"inquiry.take_over:{number}")
        opened = self.desk.press("desk1", f"inquiry.compose:{number}")
        if not isinstance(opened, OpenForm):
            return
        assert self.main[one] == one
        assert self.open[one]
        for place in range(3):
            if self.main[place] == one:
                self.sent[place] += 1
                self.main[place], self.open[place] = place, False
        self.desk.send("desk1", opened.form, text="任意です。", basis="", standing="advice")

    def reopen(self, one: int) -> None:
        mine = f"（受付番号 {name(self.numbers[one])}）"
        sent = [m for m in answers(self.desk, list(WORDINGS)[one]) if mine in m.gist]
        if sent and "まだ解決していない" in buttons(sent[-1]):
            self.desk.press(list(WORDINGS)[one], buttons(sent[-1])["まだ解決していない"].control)
            self.open[one] = True

    def count(self) -> list[int]:
        """How many answers each asker has to their inquiry of this example."""
        return [
            sum(f"（受付番号 {name(number)}）" in m.gist for m in answers(self.desk, who))
            for number, who in zip(self.numbers, WORDINGS, strict=True)
        ]


@pytest.fixture(scope="module")
def standing(
    sqlite_template: Any, tmp_path_factory: pytest.TempPathFactory, knowledge: KnowledgeBase
) -> Iterator[Desk]:
    """A desk for many examples, each with three inquiries of its own."""
    path = tmp_path_factory.mktemp("merging") / "desk.db"
    path.write_bytes(sqlite_template.read_bytes())
    url = f"sqlite:///{path}"
    database = Database.at(url)
    yield open_desk(database, knowledge, Settings(database_url=url), 2026, 10, 6)
    database.close()


places = st.integers(0, 2)
deeds = st.one_of(
    st.tuples(st.just("merge"), places, places),
    st.tuples(st.just("part"), places),
    st.tuples(st.just("reply"), places),
    st.tuples(st.just("reopen"), places),
)


@trying(
    max_examples=max(6, examples() // 5),
    suppress_health_check=[HealthCheck.too_slow],
)
@given(st.lists(deeds, min_size=3, max_size=9))
def test_everybody_has_one_answer_for_each_that_was_sent(
    standing: Desk, drawn: list[tuple[Any, ...]]
) -> None:
    """Whatever the order of merging, parting, answering and reopening, whoever waits for an
    answer when it is sent should have it once, and nobody else."""
    with standing.bot.database.read() as tx:
        first = (tx.scalar(sa.select(sa.func.count()).select_from(cases)) or 0) + 1
    for who, text in WORDINGS.items():
        standing.refer(who, text)
    model = Model(standing, first)
    for verb, *where in drawn:
        getattr(model, verb)(*where)
        assert model.count() == model.sent
    for place in range(3):
        model.reply(place)
    assert model.count() == model.sent
    assert all(model.sent)
