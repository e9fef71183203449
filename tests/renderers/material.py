"""Messages to render: what the house says, what anybody could write, what must be seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache

from hypothesis import strategies as st

from bot import messages as house
from bot.calendar import TOKYO, Closure, Wait
from bot.chat.gallery import list_samples
from bot.conversation.address import Account, Conversation, Place
from bot.conversation.message import (
    Bullets,
    Button,
    Buttons,
    Control,
    DateField,
    Element,
    Fields,
    File,
    FileContent,
    FileField,
    Fold,
    Form,
    FormField,
    Heading,
    Image,
    Link,
    Message,
    Note,
    NumberField,
    OneOfField,
    Option,
    Paragraph,
    Quarter,
    QuarterField,
    Quote,
    SeveralOfField,
    Span,
    Strong,
    Table,
    TextField,
    Tone,
    Weight,
)
from bot.desk import messages as desk
from bot.desk.model import (
    Answered,
    Clarify,
    Confirmed,
    DecisionName,
    NotKnown,
    Promise,
    Question,
    State,
)
from bot.editing.messages import confirming, drafting, history, watching
from bot.editing.model import Body, Draft, Event, Happened, Settlement, Verdict
from bot.inquiry.messages import (
    asking_back,
    checking,
    merging,
    moving,
    recalling,
    receiving,
    referring,
    replying,
)
from bot.inquiry.model import (
    LATE_AFTER,
    Beside,
    By,
    Citation,
    Composed,
    Episode,
    Fate,
    Inquiry,
    Memo,
    Query,
    Reply,
    ReplyDraft,
    Sight,
    Stage,
    Standing,
    Step,
)
from bot.overview.messages import export, listing, reporting
from bot.overview.messages import home as overview
from bot.overview.model import (
    HOME_PARTS,
    Asked,
    Care,
    Export,
    Flow,
    Listed,
    Listing,
    Page,
    Part,
    Queue,
    Rated,
    Report,
    Unanswered,
    View,
    find_period,
    list_periods,
)
from bot.roster import messages as roster
from bot.workbook import MEDIA_TYPE
from knowledge.article import Amendment, Article, Kind
from knowledge.desk import Ladder
from knowledge.library import content_folder, read_library

NOON = datetime(2026, 10, 6, 3, 0, tzinfo=UTC)
TODAY = NOON.astimezone(TOKYO).date()

HARMFUL = (
    "<!channel>",
    "<!here|みんな>",
    "<@U1>",
    "<https://evil.example|安全>",
    "&lt;!channel&gt;",
    "&amp;",
    "*x*",
    "_x_ ~x~ `x` ```x```",
    "# 見出し",
    "- 項目",
    "1. 項目",
    "> 引用",
    "[安全](https://evil.example)",
    "![図](https://evil.example/a.png)",
    "<script>alert(1)</script>",
    "<at>佐藤</at>",
    ":smile: @channel",
    "{{DATE(2017-02-14T06:08:39Z,SHORT)}}",
    "a|b\\",
)
"""What somebody could write to mention everybody, to run, or to look like something else."""

# ---------------------------------------------------------------- what the house says


@cache
def list_house_messages() -> tuple[Message, ...]:
    """The gallery, and messages of each kind that the bot's capabilities make."""
    desks = (*_list_desk_messages(), *_list_inquiry_messages(), *_list_editing_messages())
    return (*list_samples(), *desks, *_list_other_messages())


def _list_desk_messages() -> Iterator[Message]:
    library = read_library(content_folder())
    practices = tuple(one for one in library.articles if one.kind is Kind.PRACTICE)
    extra = (roster.choose_button(),)
    for article in library.articles:
        for version in article.versions:
            answered = Answered(article, version, practices[:3], library.articles[:3])
            yield desk.answer(_question(), answered, extra)
    for state in State:
        asked = _question(state)
        candidates = library.articles[:3]
        yield desk.clarify(asked, Clarify(candidates), extra)
        for decision in _list_unknown(library.articles[0]):
            yield desk.not_known(asked, decision, extra)
    yield desk.home(tuple(map(_question, State)), extra, _overview())
    yield desk.home((), ())
    sent = Export(Sight(None), 20_001, 20_000, ("内閣官房",), b"a,b", b"PK")
    yield export.message(sent, TODAY, MEDIA_TYPE)
    files = [FileContent(f"まとめ.{kind}", "text/csv", b"a") for kind in ("png", "xlsx", "csv")]
    yield reporting.message(_report(), *files)
    yield reporting.message(_report(), None, *files[1:])
    for count in (0, 60):
        yield listing.page(_page(count), TODAY, Ladder(library.desks, frozenset()))


def _overview() -> tuple[Element, ...]:
    """The desk's Home with as much in it as it shows."""
    library = read_library(content_folder())
    listed = tuple(_listed(stage) for stage in Stage for _ in range(2))[:5]
    counts = dict.fromkeys((Part.OPEN, *HOME_PARTS), 1234)
    queue = Queue(counts, dict.fromkeys(HOME_PARTS, listed), frozenset({"naikaku-jinjikyoku"}))
    asked = Asked("在宅勤務日の中抜けは休憩ですか" * 9, "中抜け 休憩", NOON)
    care = Care(
        unanswered=(Unanswered((asked, asked)), Unanswered((asked,))) * 5,
        rated=(Rated("flextime-overview", 9, 3, 4, library.articles[0].title),) * 9,
        reopened=("2026-00001", "2026-00002"),
        stale=library.articles[:9],
    )
    view = View(Sight(None), queue, (_draft(Verdict.PROPOSED),) * 9, care)
    return overview.overview(view, TODAY, Ladder(library.desks, frozenset()))


def _report() -> Report:
    last = find_period(TODAY)
    assert last is not None
    flows = tuple(Flow(period, 3, 4, 1, 2, 1, 5) for period in list_periods(last, 8))
    care = Care(stale=read_library(content_folder()).articles[:9])
    topics = (("在宅勤務日の中抜け", 12),)
    return Report("内閣人事局 照会窓口", NOON, flows, (0, 2, 3), 5, 2, 1, topics, care)


def _page(count: int) -> Page:
    entries = tuple(_listed(stage) for stage in Stage for _ in range(7))[:25] if count else ()
    opened = Listing("l" * 22, Account("slack", "T1", "U2"), page=1 if count else 0)
    return Page(opened, Sight(None), count, entries)


def _listed(stage: Stage) -> Listed:
    text = "在宅勤務日の中抜けは\n休憩ですか。<!channel> 昼休みに続けて取るときは、どうなりますか"
    return Listed("2026-00001", None, stage, text, "環境省", NOON, TODAY, None, None)


def _list_inquiry_messages() -> Iterator[Message]:
    articles = read_library(content_folder()).articles[:2]
    answered = _reply()
    for stage in Stage:
        reply = answered if stage in (Stage.ANSWERED, Stage.CLOSED) else None
        yield receiving.card(_inquiry(stage), _question(State.ESCALATED), articles, reply)
        yield replying.reply_card(answered, _question(State.ESCALATED), stage)
    yield receiving.reopened(_inquiry(Stage.TAKEN))
    yield receiving.unreachable(_inquiry(Stage.ANSWERED), "照会への参考回答です")
    yield replying.direct(replying.reply_card(answered, _question(), Stage.ANSWERED))
    yield from _list_asked_back()
    yield from _list_kept_and_merged()
    yield from _list_checked()
    for number in range(1, len(LATE_AFTER)):
        yield receiving.late(_inquiry(Stage.WAITING), TODAY, number)
    yield from _list_ladder_messages()


def _list_asked_back() -> Iterator[Message]:
    question, inquiry = _question(State.ESCALATED), _inquiry(Stage.ASKED_BACK)
    asked = Query("q" * 22, "2026-00001", "フレックスですか。", "内閣官房照会窓口", NOON)
    said = replace(asked, answer="はい、フレックスです。", answered_at=NOON)
    missed, dropped = replace(asked, missed_at=NOON), replace(asked, dropped_at=NOON)
    for query in (asked, said, dropped):
        yield asking_back.query_card(replace(query, in_thread=True), question)
    yield receiving.card(inquiry, question, (), None, asked=(said, dropped, missed))
    yield asking_back.answered(inquiry, said, "はい、フレックスです。")
    yield asking_back.missed(inquiry)
    yield asking_back.reminder(asked)
    yield asking_back.lapsed(missed, question)
    yield asking_back.perhaps_answer(asked, "はい、フレックスです。")
    yield asking_back.perhaps_question(desk.ask_form("はい、フレックスです。", 1000))


def _list_ladder_messages() -> Iterator[Message]:
    """What is said where there is more than one desk, and to the head of one."""
    library = read_library(content_folder())
    desk, asked = library.desks[0], _question(State.ESCALATED)
    closures = (Closure(date(2026, 12, 29), date(2027, 1, 3)), Closure(TODAY, TODAY))
    promise = Promise(desk.name, TODAY, closures, "平日の9時30分から17時まで")
    for stage in (Stage.WAITING, Stage.TAKEN):
        inquiry = replace(_inquiry(stage), nameless=True)
        passed = tuple(one.name for one in library.desks)
        yield receiving.card(inquiry, asked, (), None, passed=passed, is_movable=True)
        for is_movable in (True, False):
            text = asked.text
            yield receiving.late_for_head(inquiry, text, desk.name, is_movable=is_movable)
    yield moving.moved(_inquiry(Stage.WAITING), desk)
    yield moving.told(_inquiry(Stage.WAITING), promise)
    yield referring.receipt(_inquiry(Stage.WAITING), asked, promise)
    for form in (
        moving.move_form(_inquiry(Stage.WAITING), library.desks, desk),
        referring.nameless_form(asked, library.desks[:2]),
    ):
        yield Message(form.title, (form,))


def _list_checked() -> Iterator[Message]:
    sources = (
        Citation("規則 第3条", "https://www.example.go.jp/", "人事院、令和7年4月1日", "在宅勤務"),
        Citation("局内通知"),
        Citation("手引き", "https://a.example/?b=1"),
    )
    composed = Composed("休憩ではありません。", "人事院規則15-14", Standing.OFFICIAL, sources)
    author, by = Account("slack", "T1", "U2"), "内閣官房 内閣人事局 参事官補佐"
    draft = ReplyDraft("d" * 22, "2026-00001", 2, composed, author, by, NOON)
    for fate in Fate:
        reason = "根拠がありません。" if fate is Fate.RETURNED else ""
        yield checking.draft_card(replace(draft, fate=fate, reason=reason), _question(), 2)
    yield checking.returned(_inquiry(Stage.TAKEN), "根拠がありません。")
    yield replying.reply_card(replace(_reply(), sources=sources), _question(), Stage.ANSWERED)
    offered = read_library(content_folder()).articles[:5]
    for form in (
        checking.return_form(draft),
        replying.reply_form(_inquiry(Stage.TAKEN), 2, offered, composed, is_checked=True),
    ):
        yield Message(form.title, (form,))


def _list_kept_and_merged() -> Iterator[Message]:
    question, inquiry = _question(State.ESCALATED), _inquiry(Stage.TAKEN)
    beside = tuple(
        Beside(_inquiry(stage), question.text * 3) for stage in (Stage.WAITING, Stage.TAKEN)
    )
    memo = Memo("m" * 22, "2026-00001", "前例あり。", "内閣官房 内閣人事局 参事官補佐", NOON)
    more = {"alike": beside, "followers": beside, "memos": (memo,)}
    yield receiving.card(inquiry, question, (), None, **more)  # type: ignore[arg-type]
    yield merging.released(inquiry, inquiry)
    wait = Wait(NOON, NOON)
    events = [Episode(NOON, By.DESK, step, "内閣官房 参事官補佐", "文面", "何か") for step in Step]
    clock = Episode(NOON, By.CLOCK, None, text="フレックスですか。")
    asker = Episode(NOON, By.ASKER, Step.ANSWERED_BACK, text="はい。", wait=wait)
    yield recalling.history(inquiry, question, (*events, clock, asker))


def _inquiry(stage: Stage) -> Inquiry:
    taken = stage is not Stage.WAITING
    holder = Account("slack", "T1", "U2") if taken else None
    return Inquiry("2026-00001", "a" * 22, stage, holder, "内閣官房" if taken else None, TODAY)


def _reply() -> Reply:
    text = "休憩ではありません。年次休暇か、勤務時間の割振りの変更によります。"
    basis = "人事院規則15-14 第3条"
    office = "内閣官房照会窓口"
    return Reply("r" * 22, "2026-00001", text, basis, Standing.OFFICIAL, office, NOON)


def _draft(verdict: Verdict) -> Draft:
    settled = Settlement(Account("slack", "T1", "U3"), NOON, "施行日を入れてください。")
    return Draft(
        token="d" * 22,
        article="inquiry-2026-00001",
        revision=2,
        number="2026-00001",
        proposer=Account("slack", "T1", "U2"),
        proposed_at=NOON,
        body=_body(),
        verdict=verdict,
        settled=None if verdict is Verdict.PROPOSED else settled,
    )


def _body() -> Body:
    reply = _reply()
    return Body(
        title="在宅勤務日の中抜け",
        questions=("在宅勤務日の中抜けは休憩ですか", "中抜けは休憩になりますか"),
        answer=reply.text,
        detail="中抜けの前後の勤務時間は、通算して数えます。",
        basis=reply.basis,
        issuer="人事院",
        applies_to="一般職の国家公務員",
        in_force=TODAY,
        owner=reply.office,
        review_by=TODAY,
        scope=("環境省",),
    )


def _list_editing_messages() -> Iterator[Message]:
    for verdict in Verdict:
        yield drafting.draft_card(_draft(verdict))
        yield drafting.settled(_draft(verdict))
    yield drafting.draft_card(_draft(Verdict.RETURNED), replaced=True)
    events = tuple(Event(NOON, what, "窓口 担当", 1, "施行日") for what in Happened)
    yield history.history(
        "中抜け", (*events, Event(None, Happened.PUT, None)), (_draft(Verdict.APPROVED),)
    )
    buttons = confirming.list_buttons("core", 2, 1)
    yield history.history("中抜け", (), (), buttons)
    article = replace(read_library(content_folder()).articles[0], confirmed=("中抜けの時間は",))
    waiting = tuple(Confirmed(n, article.id, f"中抜けは休憩か {n}", 2) for n in range(12))
    yield confirming.weekly(((article, waiting),) * 7, TODAY)
    amended = Amendment(article.sources[0].title, TODAY, "第2条が変わりました。")
    stale = replace(article, amended=(amended,), review_by=TODAY)
    yield watching.digest((stale,) * 12, TODAY + timedelta(days=1))
    later = replace(amended, on=TODAY + timedelta(days=9))
    for told in (stale, replace(stale, amended=(later,), review_by=date(2026, 1, 1))):
        yield desk.answer(_question(), Answered(told, told.versions[0]))
    for form in (
        watching.review_form(stale, TODAY, TODAY),
        confirming.judging_form(article, waiting),
        confirming.withdrawal_form(article),
    ):
        yield Message(form.title, (form,))


def _list_unknown(article: Article) -> Iterator[NotKnown]:
    yield NotKnown()
    yield NotKnown(unsettled=article)
    yield NotKnown(outside=article)
    yield NotKnown(out_of_scope="医療・健康の相談")


def _list_other_messages() -> Iterator[Message]:
    yield house.sorry("a1b2c3")
    yield house.plain(house.NOT_UNDERSTOOD)
    library = read_library(content_folder())
    names = tuple(ministry.name for ministry in library.ministries)
    again = Control("editing.propose_again", "inquiry-2026-00001")
    for form in (
        roster.choose_form(names),
        desk.day_form(_question()),
        listing.arrange_form(_page(60).listing),
        listing.pick_form(_page(60)),
        desk.ask_form("在宅勤務中の電気代は支給されますか", 1000),
        replying.reply_form(_inquiry(Stage.TAKEN)),
        replying.reply_form(_inquiry(Stage.TAKEN), 2),
        asking_back.query_form(_inquiry(Stage.TAKEN)),
        recalling.memo_form(_inquiry(Stage.TAKEN)),
        drafting.draft_form(again, drafting.AGAIN, _body(), ((), ("環境省",)), "施行日"),
        drafting.reason_form(_draft(Verdict.PROPOSED)),
    ):
        yield Message(form.title, (form,))


def _question(state: State = State.OPEN) -> Question:
    conversation = Conversation("slack", "T1", "C1")
    return Question(
        id=1,
        token="a" * 22,
        asker=Account("slack", "T1", "U1"),
        ministry="環境省",
        place=Place(conversation),
        text="在宅勤務日の中抜けは休憩ですか",
        words="中抜け 休憩",
        asked_at=NOON,
        as_of=TODAY,
        state=state,
        decision=DecisionName.ANSWERED,
        articles=(),
        others=("a",),
        inquiry="2026-00001" if state is State.ESCALATED else None,
    )


# ---------------------------------------------------------------- what anybody could write


def message_of(text: str) -> Message:
    """A message that holds a text in every place that a text can stand in."""
    spans = (text, Strong(text), Link(text, "https://example.go.jp/q"))
    content = FileContent("資料.txt", "text/plain", b"data")
    options = (Option("a", text), Option("b", "乙"))
    form = Form(
        Control("test.form", "1"),
        title=text,
        submit=text,
        intro=text,
        fields=(
            TextField(name="t", label=text, hint=text, initial=text),
            NumberField(name="n", label=text, minimum=0, maximum=9, unit=text),
            OneOfField(name="o", label=text, options=options),
            SeveralOfField(name="s", label=text, options=options),
        ),
    )
    return Message(
        text,
        (
            Heading(text),
            Paragraph(spans),
            Quote(text),
            Bullets((spans, spans)),
            Note(spans),
            Fold(text, spans),
            Fields(((text, spans),)),
            Table((text, "b"), ((text, text),), text),
            Image(content, text, text),
            File(content, text),
            Buttons((Button(Control("test.press", "1"), text),)),
            form,
        ),
    )


_CHARS = st.text(max_size=30) | st.sampled_from(HARMFUL) | st.text("あ漢、。 \n&<*", max_size=80)
_LONG = st.builds(lambda text, times: text * times, _CHARS, st.sampled_from([1, 1, 1, 40, 400]))
_SHORT = st.text(min_size=1, max_size=20) | st.sampled_from(HARMFUL)
_URLS = st.builds(lambda rest: f"https://example.go.jp/{rest}", st.text(max_size=20))
_SPAN: st.SearchStrategy[Span] = _LONG | st.builds(Strong, _LONG) | st.builds(Link, _SHORT, _URLS)
_SPANS = st.lists(_SPAN, max_size=4).map(tuple)
_CONTROLS = st.builds(
    Control, st.sampled_from(["desk.resolve", "survey.answer"]), st.text("abcXYZ09_-", max_size=64)
)
_CONTENT = st.builds(FileContent, _SHORT, st.just("text/plain"), st.just(b"data"))


@st.composite
def _tables(draw: st.DrawFn) -> Table:
    columns = draw(st.sampled_from([1, 2, 3, 21]))
    rows = draw(st.sampled_from([0, 1, 3, 25, 101]))
    row = tuple(draw(st.lists(_SHORT, min_size=columns, max_size=columns)))
    return Table(row, (row,) * rows, draw(_LONG))


_options = st.lists(
    st.builds(Option, st.text("abc", min_size=1, max_size=9), _SHORT | _LONG),
    max_size=15,
    unique_by=lambda option: option.value,
).map(tuple)
_BASE = {"label": _SHORT | _LONG, "hint": st.none() | _SHORT, "required": st.booleans()}


def fields(name: str) -> st.SearchStrategy[FormField]:
    """Any field with that name."""
    base = {"name": st.just(name), **_BASE}
    numbers = st.floats(-1e6, 1e6, allow_nan=False) | st.integers(-9999, 9999)
    days = st.none() | st.dates(date(2010, 1, 1), date(2030, 12, 31))
    quarters = st.builds(Quarter, st.integers(2010, 2025), st.integers(1, 4))
    return st.one_of(
        st.builds(
            TextField,
            **base,
            initial=_LONG,
            multiline=st.booleans(),
            max_length=st.integers(1, 5000),
        ),
        st.tuples(numbers, numbers).flatmap(
            lambda ends: st.builds(
                NumberField,
                **base,
                minimum=st.just(min(ends)),
                maximum=st.just(max(ends)),
                initial=st.none() | numbers,
                whole=st.booleans(),
                unit=st.none() | _SHORT,
            )
        ),
        st.builds(DateField, **base, initial=days, earliest=days, latest=days),
        st.builds(OneOfField, **base, options=_options),
        st.builds(SeveralOfField, **base, options=_options),
        st.tuples(quarters, quarters).flatmap(
            lambda ends: st.builds(
                QuarterField, **base, earliest=st.just(min(ends)), latest=st.just(max(ends))
            )
        ),
        st.builds(FileField, **base, media_types=st.just(("text/csv",)), max_bytes=st.just(9)),
    )


def forms() -> st.SearchStrategy[Form]:
    """A form of a few fields of any kind."""
    names = st.integers(0, 6).map(lambda count: [f"f{number}" for number in range(count)])
    return st.builds(
        Form,
        control=_CONTROLS,
        title=_SHORT | _LONG,
        submit=_SHORT,
        intro=st.none() | _LONG,
        fields=names.flatmap(lambda some: st.tuples(*map(fields, some))),
    )


def elements() -> st.SearchStrategy[Element]:
    """Any element of the neck."""
    buttons = st.builds(Button, _CONTROLS, _SHORT | _LONG, st.sampled_from(Weight))
    return st.one_of(
        st.builds(Heading, _LONG),
        st.builds(Paragraph, _SPANS),
        st.builds(Quote, _LONG),
        st.builds(Bullets, st.lists(_SPANS, max_size=4).map(tuple)),
        st.builds(Note, _SPANS, st.sampled_from(Tone)),
        st.builds(Fold, _LONG, _SPANS),
        st.builds(Fields, st.lists(st.tuples(_LONG, _SPANS), max_size=4).map(tuple)),
        _tables(),
        st.builds(Image, _CONTENT, _LONG, st.none() | _LONG),
        st.builds(File, _CONTENT, _LONG),
        st.builds(Buttons, st.lists(buttons, max_size=4).map(tuple)),
        forms(),
    )


def any_message() -> st.SearchStrategy[Message]:
    """Any message that the neck allows."""
    return st.builds(Message, _LONG, st.lists(elements(), max_size=6).map(tuple))


# ---------------------------------------------------------------- what must be seen


def list_texts(message: Message) -> Iterator[str]:
    """Every text of a message's elements; a form's fields are shown where it is filled in."""
    for element in message.elements:
        yield from _texts(element)


def _texts(element: Element) -> Iterable[str]:
    match element:
        case Heading(text) | Quote(text):
            return (text,)
        case Paragraph(spans) | Note(spans):
            return _spans(spans)
        case Bullets(items):
            return (text for item in items for text in _spans(item))
        case Fold(summary, spans):
            return (summary, *_spans(spans))
        case Fields(pairs):
            return (text for label, spans in pairs for text in (label, *_spans(spans)))
        case Table(head, rows, caption):
            return (caption, *(cell for row in (head, *rows[:1], *rows[-1:]) for cell in row))
        case Image():
            return (element.alt, element.caption or "")
        case File():
            return (element.title,)
        case Buttons(buttons):
            return (button.label for button in buttons)
        case Form():
            return (element.title, element.intro or "")


def _spans(spans: Iterable[Span]) -> Iterator[str]:
    return (span if isinstance(span, str) else span.text for span in spans)


def letters(text: str) -> str:
    """What a reader reads of a text: its letters and digits."""
    return "".join(c for c in text if c.isalnum())
