"""The local page over HTTP: what it shows to whom, what it hands to the bot, what it refuses."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.chat.gallery import list_samples
from bot.chat.local import messages
from bot.chat.local.guide import Guide
from bot.chat.local.hear import MAX_TEXT
from bot.chat.local.page import build_page
from bot.chat.local.persona import conversation
from bot.chat.local.server import PageServer, claim_loopback
from bot.chat.local.service import LocalService
from bot.conversation.address import Place
from bot.conversation.event import Opened, Pressed, Said, Submitted
from bot.conversation.message import (
    Control,
    FieldErrors,
    File,
    FileContent,
    FileField,
    Form,
    Heading,
    Message,
    Notice,
    OpenForm,
    Table,
    TextField,
)
from bot.conversation.port import Sent
from tests.chat.stage import (
    ASK,
    CARD,
    KEN,
    MEGUMI,
    Browser,
    Posted,
    Recorder,
    StoppedClock,
    list_forms,
    read_text,
    say,
)

TELEWORK = Place(conversation("telework"))
DESK = Place(conversation("desk"))
FORM = Form(
    Control("desk.inquire", "t2"),
    "照会",
    "送る",
    (TextField(name="body", label="内容", max_length=9),),
)


@pytest.fixture
def card(service: LocalService) -> Sent:
    """A message with a button in Megumi's direct conversation."""
    return service.post(MEGUMI.account, CARD, "card")


def button(browser: Browser, path: str = "/") -> Posted:
    return browser.find(path, "/press", control=str(ASK))


# ---------------------------------------------------------------- saying something


def test_what_is_said_is_heard_and_shown(browser: Browser, heard: Recorder) -> None:
    """A question goes to the bot as it was typed, and stands in the conversation."""
    response = browser.say("/", "在宅勤務日の\r\n中抜けは休憩ですか")

    said = heard.last
    assert isinstance(said, Said)
    assert (said.who, said.text) == (MEGUMI.account, "在宅勤務日の\n中抜けは休憩ですか")
    assert said.place == Place(conversation("@megumi"))
    assert response.status_code == 303
    assert "在宅勤務日の\n中抜けは休憩ですか" in read_text(
        browser.get(response.headers["location"]).text
    )


def test_a_double_submit_is_said_once(browser: Browser, heard: Recorder) -> None:
    """The same form sent twice is one event and one line."""
    form = browser.find("/", "/say")
    for _ in range(2):
        browser.send(form, text="中抜けは休憩ですか")

    assert len(heard.events) == 1
    assert read_text(browser.get("/").text).count("中抜けは休憩ですか") == 1


def test_in_a_channel_the_answer_belongs_under_the_question(
    browser: Browser, heard: Recorder
) -> None:
    """A question in a channel opens a thread; a reply in the thread stays in it."""
    browser.say("/c/telework", "質問")
    question = heard.last.message
    form = browser.find(f"/c/telework?reply={question}", "/say", thread=question)
    browser.send(form, text="続き")

    assert heard.last.place == replace(TELEWORK, thread=question)
    assert heard.last.message != question


def test_people_may_talk_without_the_bot(browser: Browser, heard: Recorder) -> None:
    """What is written to people alone is shown and not handed in."""
    browser.say("/c/telework", "了解しました", people_only="1")

    assert heard.events == {}
    assert "了解しました" in browser.get("/c/telework?as=ken").text


def test_what_the_bot_could_not_take_stays_in_the_box(browser: Browser, heard: Recorder) -> None:
    """The person is told, keeps the text, and may send it again: then it stands there once."""
    heard.away = True
    response = browser.say("/", "大事な質問")

    assert response.status_code == 503
    assert messages.NOT_TAKEN in response.text
    assert ">\n大事な質問</textarea>" in response.text
    assert "大事な質問" not in read_text(browser.get("/").text)

    heard.away = False
    again = next(form for form in list_forms(response.text) if form.action == "/say")
    assert browser.send(again, text="大事な質問").status_code == 303
    assert read_text(browser.get("/").text).count("大事な質問") == 1
    assert len(heard.events) == 1


def test_words_changed_after_a_failure_are_another_message(
    browser: Browser, heard: Recorder
) -> None:
    """A form that was taken and sent again with other words loses neither."""
    form = browser.find("/", "/say")
    browser.send(form, text="はじめの質問")
    browser.send(form, text="直した質問")

    assert [event.text for event in heard.events.values()] == ["はじめの質問", "直した質問"]


@pytest.mark.parametrize(
    ("text", "status", "words"),
    [
        (" \n ", 422, messages.TEXT_EMPTY),
        ("あ" * (MAX_TEXT + 1), 413, messages.TEXT_TOO_LONG),
    ],
)
def test_text_that_cannot_be_taken_is_told(
    browser: Browser, heard: Recorder, text: str, status: int, words: str
) -> None:
    """Nothing, or too much, is refused in words, and what was typed is still there."""
    for json in (False, True):
        response = browser.say("/", text, json=json)
        assert response.status_code == status
        assert words in response.text
    assert text.strip() in browser.say("/", text).text
    assert heard.events == {}


def test_the_page_script_gets_a_new_nonce(browser: Browser) -> None:
    """After a message the composer stays, and the next message has a name of its own."""
    form = browser.find("/", "/say")
    nonce = browser.send(form, json=True, text="質問").json()["nonce"]

    assert nonce != form.values["nonce"]
    assert browser.send(form, json=True, text="次の質問", nonce=nonce).status_code == 200


def test_a_nonce_is_needed(browser: Browser, heard: Recorder) -> None:
    """Without the page's nonce a post could not be known when it comes again."""
    form = browser.find("/", "/say")

    assert browser.send(form, text="質問", nonce="短い").status_code == 400
    assert heard.events == {}


# ---------------------------------------------------------------- buttons


def test_a_press_is_heard_and_its_notice_shown(
    browser: Browser, heard: Recorder, card: Sent
) -> None:
    """A button brings its control and its message; the reply stands on the next page, once."""
    heard.reply = Notice("担当者に照会しました。")
    response = browser.send(button(browser))

    pressed = heard.last
    assert isinstance(pressed, Pressed)
    assert (pressed.control, pressed.message) == (str(ASK), card.message)
    assert pressed.place == Place(conversation("@megumi"))
    assert response.status_code == 303
    assert "担当者に照会しました。" in browser.get(response.headers["location"]).text
    assert "担当者に照会しました。" not in browser.get("/").text


def test_a_press_without_a_reply_is_told(browser: Browser, card: Sent) -> None:
    """What takes longer arrives as a message, and the page says so."""
    assert browser.send(button(browser), json=True).json()["notice"] == messages.LATER


def test_a_press_in_a_thread_is_answered_there(
    browser: Browser, service: LocalService, heard: Recorder
) -> None:
    """In a channel the answer to a press hangs under the message with the button."""
    root = service.post(TELEWORK, say("根"), "root")
    service.post(replace(TELEWORK, thread=root.message), CARD, "card")
    browser.send(button(browser, "/c/telework"))

    assert heard.last.place == replace(TELEWORK, thread=root.message)


def test_a_forged_press_is_refused(
    browser: Browser, service: LocalService, heard: Recorder, card: Sent
) -> None:
    """Only a button that stands in a message that the persona sees can be pressed."""
    form = button(browser)
    secret = service.post(DESK, CARD, "secret")
    service.home(MEGUMI.account, say("家"))
    for values in (
        {"control": "desk.approve:t1"},
        {"message": "999"},
        {"message": "home"},
        {"message": "sample-99"},
        {"message": secret.message},
        {"message": "9" * 40},
    ):
        assert browser.send(form, json=True, **values).status_code == 403
    assert heard.events == {}


def test_an_old_wording_cannot_be_pressed(
    browser: Browser, service: LocalService, heard: Recorder, card: Sent
) -> None:
    """A button that an update has taken away is gone, though a page still shows it."""
    form = button(browser)
    service.update(card, say("解決済みです。"))

    assert browser.send(form, json=True).json()["error"] == messages.FORGED


def test_a_press_that_was_not_taken_is_told(browser: Browser, heard: Recorder, card: Sent) -> None:
    """Where the event could not be stored, the person hears that nothing happened."""
    heard.away = True

    for json in (False, True):
        response = browser.send(button(browser), json=json)
        assert response.status_code == 503
        assert messages.NOT_TAKEN in response.text


# ---------------------------------------------------------------- forms


@pytest.fixture
def opened(browser: Browser, heard: Recorder, card: Sent) -> Posted:
    """A form that a press has opened as a page of its own."""
    heard.reply = OpenForm(FORM)
    response = browser.send(button(browser))
    assert response.status_code == 200
    heard.reply = None
    return next(form for form in list_forms(response.text) if form.action == "/submit")


def test_a_form_opens_in_a_dialog(browser: Browser, heard: Recorder, card: Sent) -> None:
    """The page's script gets the form as HTML for its dialog."""
    heard.reply = OpenForm(FORM)

    html = browser.send(button(browser), json=True).json()["dialog"]

    assert "照会" in html
    assert list_forms(html)[0].values["control"] == str(FORM.control)


def test_an_opened_form_is_submitted(browser: Browser, heard: Recorder, opened: Posted) -> None:
    """Its answers reach the bot, from the place where the button was pressed."""
    heard.reply = Notice("受け取りました。")
    response = browser.send(opened, **{"field-body": "質問です"})

    submitted = heard.last
    assert isinstance(submitted, Submitted)
    assert submitted.control == str(FORM.control)
    assert dict(submitted.answers) == {"body": "質問です"}
    assert submitted.place == Place(conversation("@megumi"))
    assert "受け取りました。" in browser.get(response.headers["location"]).text


def test_a_form_is_checked_by_its_own_rules(
    browser: Browser, heard: Recorder, opened: Posted
) -> None:
    """A fault is told beside the field, with what was entered, and nothing is handed in."""
    before = len(heard.events)
    page = browser.send(opened, **{"field-body": "十文字を超える内容です"})
    told = browser.send(opened, json=True, **{"field-body": ""})

    assert page.status_code == told.status_code == 422
    assert "9文字以内で入力してください(いま11文字です)。" in page.text
    assert 'value="十文字を超える内容です"' in page.text
    assert told.json()["errors"] == {"body": "入力してください。"}
    assert len(heard.events) == before


def test_the_bot_may_find_faults_too(browser: Browser, heard: Recorder, opened: Posted) -> None:
    """What only the bot can know stands beside the field as well."""
    heard.reply = FieldErrors({"body": "同じ照会がすでにあります。"})

    told = browser.send(opened, json=True, **{"field-body": "質問"})
    page = browser.send(opened, **{"field-body": "質問", "nonce": "n" * 20})

    assert told.json()["errors"] == {"body": "同じ照会がすでにあります。"}
    assert told.json()["nonce"] != opened.values["nonce"]  # corrected, it is another event
    assert "同じ照会がすでにあります。" in page.text


def test_a_form_that_was_not_taken_keeps_its_answers(
    browser: Browser, heard: Recorder, opened: Posted
) -> None:
    """What was entered is shown again, with the reason."""
    heard.away = True
    response = browser.send(opened, **{"field-body": "質問です"})

    assert response.status_code == 503
    assert messages.NOT_TAKEN in response.text
    assert 'value="質問です"' in response.text


def test_a_seal_is_for_one_persona(browser: Browser, heard: Recorder, opened: Posted) -> None:
    """Nobody submits a form that was opened for another, or that the page did not open."""
    before = len(heard.events)
    for values in ({"as": "ken"}, {"sealed": opened.values["sealed"] + "x"}, {"sealed": ""}):
        response = browser.send(opened, **{**values, "field-body": "質問"})
        assert response.status_code == 403
    assert len(heard.events) == before


def test_a_form_in_a_message_is_submitted(
    browser: Browser, service: LocalService, heard: Recorder
) -> None:
    """A form that stands in a message needs no seal: the message holds its rules."""
    fields = (FileField(name="rules", label="規程", media_types=("text/csv",), max_bytes=100),)
    form = replace(FORM, fields=fields)
    service.post(TELEWORK, Message("", (form,)), "form")
    posted = browser.find("/c/telework", "/submit")

    browser.send(posted, files={"field-rules": ("規程.csv", b"1,2", "text/csv")})

    assert heard.last.answers["rules"] == FileContent("規程.csv", "text/csv", b"1,2")
    assert browser.send(posted, control="desk.other:t2").status_code == 403


# ---------------------------------------------------------------- Home, files, gallery


def test_a_home_is_shown_and_its_opening_heard(
    browser: Browser, service: LocalService, heard: Recorder
) -> None:
    """Opening the Home is an event; its buttons bring no message."""
    service.home(MEGUMI.account, CARD)
    form = button(browser, "/home")
    assert isinstance(heard.last, Opened)
    browser.send(form)

    assert heard.last.message is None
    assert heard.last.control == str(ASK)


def test_headings_stand_below_the_pages_own(browser: Browser, service: LocalService) -> None:
    """Who hears a page by its headings should miss no level: on Home they follow its title."""
    card = Message("状況", (Heading("届いている照会"),))
    service.home(MEGUMI.account, card)
    service.post(MEGUMI.account, card, "d1", lambda: True)

    assert '<h2 class="m-heading">届いている照会</h2>' in browser.get("/home").text
    assert '<h3 class="m-heading">届いている照会</h3>' in browser.get("/").text


def test_an_empty_home_is_explained(browser: Browser, heard: Recorder) -> None:
    """Before the bot has put anything there, and where it cannot be told, the page says so."""
    heard.away = True

    assert "まだありません" in browser.get("/home").text
    assert messages.NOT_TAKEN in browser.get("/home").text


def test_a_file_is_served_to_who_sees_its_message(browser: Browser, service: LocalService) -> None:
    """A file of the desk's channel is for the desk alone, and a browser only saves it."""
    content = FileContent("一覧 表.html", "text/html", b"<script>alert(1)</script>")
    service.post(DESK, Message("", (File(content, "一覧"),)), "file")
    page = browser.get("/c/desk?as=ken").text
    path = page.split('href="/files/')[1].split('"')[0]

    mine = browser.get(f"/files/{path}?as=ken")
    assert mine.content == content.data
    assert mine.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%E4")
    assert "sandbox" in mine.headers["content-security-policy"]
    assert browser.get(f"/files/{path}?as=megumi").status_code == 404


def test_the_gallery_shows_every_element_and_sends_nothing(
    browser: Browser, heard: Recorder
) -> None:
    """Its buttons open the sample form, its form is checked, and the bot hears nothing."""
    press = browser.find("/gallery", "/press")
    opened = list_forms(browser.send(press, json=True).json()["dialog"])[0]
    told = browser.send(opened, json=True)

    assert "running" in told.json()["errors"]
    answers = {"field-running": "yes", "field-places": "home"}
    answers |= {"field-staff": "3", "field-contact": "人事課"}
    assert browser.send(opened, json=True, **answers).json()["notice"] == messages.SAMPLE
    assert browser.send(browser.find("/gallery", "/submit"), **answers).status_code == 303
    assert heard.events == {}
    assert len(list_samples()) == browser.get("/gallery").text.count('class="sample"')


# ---------------------------------------------------------------- who sees what


def test_nobody_enters_a_conversation_of_others(browser: Browser, heard: Recorder) -> None:
    """A persona neither reads nor writes where it is no member."""
    form = browser.find("/", "/say")
    for where in ("desk", "@ken"):
        assert browser.get(f"/c/{where}?as=megumi").status_code == 403
        assert browser.get(f"/changes?as=megumi&c={where}").status_code == 403
        assert browser.send(form, text="質問", conversation=where).status_code == 403
    assert browser.get("/c/nowhere").status_code == 404
    assert browser.get("/?as=nobody").status_code == 404
    assert browser.send(form, text="質問", conversation="nowhere").status_code == 404
    assert browser.get("/c/desk?as=ken").status_code == 200
    assert heard.events == {}


def test_a_reply_stays_in_its_conversation(
    browser: Browser, service: LocalService, heard: Recorder
) -> None:
    """Nobody hangs a reply under a message of another conversation."""
    secret = service.post(DESK, say("照会"), "d1")
    open_to_all = service.post(TELEWORK, say("案内"), "d2")
    form = browser.find("/", "/say")

    for thread in (secret.message, open_to_all.message, "99"):
        assert browser.send(form, text="返信", thread=thread).status_code == 403
    assert heard.events == {}


def test_one_goes_on_as_somebody_else(browser: Browser) -> None:
    """The persona is switched in the same conversation where they see it, and remembered."""
    form = browser.find("/c/telework", "/persona")
    there = browser.send(form, persona="ken")
    assert there.headers["location"] == "/c/telework?as=ken"
    assert "佐藤 健" in read_text(browser.get("/").text).split("方です")[0]

    form = browser.find("/c/desk?as=ken", "/persona")
    assert browser.send(form, persona="megumi").headers["location"] == "/?as=megumi"
    assert browser.send(form, persona="nobody").status_code == 404


def test_a_role_is_chosen_first(browser: Browser) -> None:
    """Who has the role takes the place, of the same ministry if there is somebody."""
    form = browser.find("/home", "/persona")

    assert browser.send(form, role="副CIO", persona="megumi").headers["location"] == "/home?as=yumi"
    assert browser.send(form, role="窓口担当").headers["location"] == "/home?as=ken"
    assert browser.send(form, role="職員", persona="megumi").headers["location"] == (
        "/home?as=megumi"
    )
    assert browser.send(form, role="大臣").status_code == 404


def test_two_tabs_are_two_people(browser: Browser, heard: Recorder) -> None:
    """A form belongs to the persona that it was shown to, whoever the other tab has become."""
    form = browser.find("/c/telework?as=megumi", "/say")
    browser.send(browser.find("/", "/persona"), persona="ken")
    browser.send(form, text="質問")

    assert heard.last.who == MEGUMI.account


def test_looking_at_an_open_page_marks_it_read(browser: Browser, service: LocalService) -> None:
    """The page's script says up to where it was seen, in the persona's own conversations alone."""
    composer = browser.find("/c/telework", "/say")
    sent = service.post(TELEWORK, say("一"), "d1")
    assert "未読1件" in browser.get("/home").text

    composer.action = "/read"
    assert browser.send(composer, up_to=sent.message).status_code == 200
    assert "未読" not in browser.get("/home").text
    assert browser.send(composer, conversation="desk", up_to="1").status_code == 403
    assert browser.send(composer, up_to="?").status_code == 400


def test_more_of_a_conversation_comes_in_pages(browser: Browser, service: LocalService) -> None:
    """The script reads backwards and forwards from a message, and is told where it ends."""
    for number in range(1, 101):
        service.post(TELEWORK, say(f"第{number}報"), f"d{number}")
    earlier = browser.get("/c/telework/more?before=61").json()
    first = browser.get("/c/telework/more?before=25").json()
    later = browser.get("/c/telework/more?after=40").json()
    last = browser.get("/c/telework/more?after=76").json()

    assert "第60報" in earlier["html"]
    assert "第36報" not in earlier["html"]
    assert (earlier["earlier"], first["earlier"]) == (37, None)
    assert "第41報" in later["html"]
    assert (later["later"], last["later"]) == (64, None)
    assert browser.get("/c/desk/more?after=1").status_code == 403


def test_a_table_is_saved_for_a_spreadsheet(browser: Browser, service: LocalService) -> None:
    """Who sees a table gets it as CSV, in which nothing that was typed is a formula."""
    rows = (("=1+1", "+2", "-3"), ("@a", "\tb", '四 "五", 六'))
    service.post(KEN.account, Message("表", (Table(("府省", "二", "三"), rows, "一覧"),)), "d1")
    address = "/tables/m1-0?as=ken"
    assert address in browser.get("/?as=ken").text.replace("&amp;", "&")
    saved = browser.get(address)

    assert saved.headers["content-type"].startswith("text/csv")
    assert saved.content.startswith(b"\xef\xbb\xbf")
    assert saved.content.decode("utf-8-sig").splitlines() == [
        "府省,二,三",
        "'=1+1,'+2,'-3",
        '\'@a,\'\tb,"四 ""五"", 六"',
    ]
    assert browser.get("/tables/m1-0?as=megumi").status_code == 403
    assert browser.get("/tables/m1-9?as=ken").status_code == 404
    assert browser.get("/tables/x?as=ken").status_code == 404
    assert "2014年度" in browser.get("/tables/msample-1-0").text


def test_a_first_visit_tells_what_this_is(service: LocalService, heard: Recorder) -> None:
    """The empty direct conversation says what it is, and asks a sample when that is pressed."""
    guide = Guide("これは窓口です。", ("中抜けは休憩ですか",), (("架空のもの", "利用者です。"),))
    page = build_page(service, heard, guide=guide)
    server = PageServer(page, claim_loopback("127.0.0.1", 0))
    server.start()
    with Browser(server.url) as browser:
        told = read_text(browser.get("/").text)
        browser.send(browser.find("/", "/say", text="中抜けは休憩ですか"))
        after = read_text(browser.get("/").text)
    server.stop()

    for words in ("これは窓口です。", "田中 恵です", "利用者です。", "令和8年11月24日"):
        assert words in told
    assert heard.last.text == "中抜けは休憩ですか"
    assert "これは窓口です。" not in after


def test_unread_messages_are_counted(browser: Browser, service: LocalService) -> None:
    """What others have written is marked until its conversation is opened."""
    browser.say("/c/telework", "自分の質問")
    root = service.post(TELEWORK, say("一"), "d1")
    service.post(replace(TELEWORK, thread=root.message), say("二"), "d2")
    assert "未読2件" in browser.get("/").text

    browser.get("/c/telework")
    assert "未読" not in browser.get("/").text
    assert "未読3件" in browser.get("/?as=ken").text


def test_a_long_conversation_comes_in_pages(browser: Browser, service: LocalService) -> None:
    """The newest messages stand first, and a link leads to those before."""
    for number in range(90):
        service.post(TELEWORK, say(f"第{number}報"), f"d{number}")

    page = browser.get("/c/telework").text
    assert "第89報" in page
    assert "第60報" not in page
    earlier = page.split('id="earlier"><a href="')[1].split('"')[0].replace("&amp;", "&")
    assert "第60報" in browser.get(earlier).text


def test_the_day_and_time_are_those_of_tokyo(browser: Browser, time: StoppedClock) -> None:
    """A message of the evening in UTC stands on the next day, with its full date in the title."""
    time.now += timedelta(hours=13, minutes=5)
    browser.say("/", "質問")

    page = browser.get("/").text
    assert ">1:05</time>" in page
    assert "令和8年11月25日（水）" in page


# ---------------------------------------------------------------- strangers


def test_a_post_needs_the_token_of_its_session(browser: Browser, heard: Recorder) -> None:
    """A guessed token, or another browser's, is refused."""
    form = browser.find("/", "/say")

    assert browser.send(form, text="質問", csrf="x").status_code == 403
    stale = browser.send(form, json=True, text="質問", csrf="x")
    assert messages.STALE in stale.text
    assert heard.events == {}
    browser.client.cookies.clear()
    assert browser.send(form, text="質問").status_code == 403
    assert heard.events == {}


def test_a_page_older_than_its_server_is_signed_anew(browser: Browser, heard: Recorder) -> None:
    """The script is given another token, and what it sends again with it is said once."""
    form = browser.find("/", "/say")
    browser.client.cookies.clear()
    stale = browser.send(form, json=True, text="質問").json()
    for _ in range(2):
        again = browser.send(form, json=True, text="質問", csrf=stale["token"])
        assert again.status_code == 200

    assert len(heard.events) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "null"},
        {"Origin": "http://evil.example"},
        {"Origin": "http://localhost:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_post_from_elsewhere_is_refused(
    browser: Browser, heard: Recorder, headers: dict[str, str]
) -> None:
    """A post must come from the page itself, even with the right token."""
    form = browser.find("/", "/say")
    values = {**form.values, "text": "質問"}

    assert browser.client.post("/say", data=values, headers=headers).status_code == 403
    assert heard.events == {}


def test_a_browser_without_origin_is_believed_by_its_fetch_site(
    browser: Browser, heard: Recorder
) -> None:
    """Where no origin is sent, the browser's own word that the post is the page's counts."""
    form = browser.find("/", "/say")
    headers = {"Sec-Fetch-Site": "same-origin"}
    response = browser.client.post("/say", data={**form.values, "text": "質問"}, headers=headers)

    assert response.status_code == 303
    assert len(heard.events) == 1


@pytest.mark.parametrize("host", ["evil.example", "localhost", "127.0.0.1:1", "", "LOCALHOST.evil"])
def test_a_foreign_host_is_refused(browser: Browser, host: str) -> None:
    """A name that was made to point to this machine is not ours."""
    assert browser.get("/", Host=host).status_code == 421


def test_the_names_of_this_machine_are_served(browser: Browser) -> None:
    """The page answers to each name of loopback with its port."""
    port = browser.origin.rpartition(":")[2]
    for name in ("localhost", "127.0.0.1", "[::1]", "LocalHost"):
        assert browser.get("/", Host=f"{name}:{port}").status_code == 200


def test_another_site_may_link_here_and_not_load_us(browser: Browser) -> None:
    """A link is followed; a picture or frame that calls us out of sight is not answered."""
    foreign = {"Sec-Fetch-Site": "cross-site"}

    assert browser.get("/", **foreign, **{"Sec-Fetch-Mode": "navigate"}).status_code == 200
    assert browser.get("/home", **foreign, **{"Sec-Fetch-Mode": "no-cors"}).status_code == 403


def test_every_answer_is_guarded(browser: Browser) -> None:
    """No page may be framed, kept or sniffed, and nothing foreign may run in it."""
    for path in ("/", "/gallery", "/static/desk.js", "/nowhere", "/c/desk"):
        headers = browser.get(path).headers
        assert headers["content-security-policy"].startswith("default-src 'self';")
        assert headers["x-frame-options"] == "DENY"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "same-origin"


def test_the_cookie_is_kept_from_scripts_and_other_sites(browser: Browser) -> None:
    """The session's cookie is HttpOnly and SameSite=Strict, and has the port in its name."""
    cookie = browser.get("/").headers["set-cookie"]

    assert cookie.startswith(f"madoguchi-{browser.origin.rpartition(':')[2]}=")
    assert cookie.endswith("; Path=/; HttpOnly; SameSite=Strict")


def test_nothing_stands_in_a_page_that_its_policy_forbids(browser: Browser, card: Sent) -> None:
    """No inline script, style or handler: the policy would stop it, and so do we."""
    for path in ("/", "/c/telework", "/home", "/gallery"):
        html = browser.get(path).text
        assert "<style" not in html
        assert " style=" not in html
        assert "<script>" not in html
        assert " on" not in {part.split("=")[0][:3] for part in html.split('"') if "=" in part}


def test_a_post_that_is_too_large_is_not_kept(browser: Browser) -> None:
    """Beyond all limits the page says so, and stays alive."""
    form = browser.find("/", "/say")
    response = browser.send(form, json=True, text="x" * (33 * 1024 * 1024))

    assert response.status_code == 413
    assert response.json()["error"] == messages.POST_TOO_LARGE
    assert browser.get("/").status_code == 200


def test_what_is_typed_never_becomes_markup(browser: Browser) -> None:
    """A question that looks like a script is shown as it was typed."""
    text = "<script>alert('x')</script>\"><img src=x>"
    browser.say("/", text)

    page = browser.get("/").text
    assert "<script>alert" not in page
    assert text in read_text(page)


@pytest.fixture
def locked(service: LocalService) -> Iterator[None]:
    """Somebody else holds the database's write lock."""
    path = service.database.engine.url.database
    holder = sqlite3.connect(str(path), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    yield
    holder.close()


@pytest.mark.usefixtures("locked")
def test_a_locked_database_loses_no_words(browser: Browser, heard: Recorder) -> None:
    """The page can still be read, and what was typed stays in the box."""
    response = browser.say("/", "大事な質問")

    assert response.status_code == 503
    assert "大事な質問" in response.text
    assert heard.events == {}


def test_a_page_stays_good_after_a_restart(
    browser: Browser, service: LocalService, heard: Recorder
) -> None:
    """With the same secret, a form that was opened before is taken by the server after."""
    form = browser.find("/", "/say")
    cookie = next(iter(browser.client.cookies.jar))
    again = PageServer(build_page(service, heard, secret="kept"), claim_loopback("127.0.0.1", 0))
    again.start()
    try:
        with Browser(again.url) as later:
            later.client.cookies.set(f"madoguchi-{again.port}", cookie.value or "")
            assert later.send(form, text="質問").status_code == 303
    finally:
        again.stop()
    assert heard.last.who == MEGUMI.account


def test_what_nobody_expected_is_apologised_for(
    browser: Browser, service: LocalService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bug shows a kind word in Japanese, guarded like every page, and no trace of itself."""
    monkeypatch.setattr(service.people, "list_conversations", lambda persona: 1 / 0)

    # The server drops a connection on which something went wrong.
    for path in ("/", "/c/telework"):
        response = browser.get(path, Connection="close")
        assert response.status_code == 500
        assert messages.BROKEN in response.text
        assert "ZeroDivision" not in response.text
        assert response.headers["x-frame-options"] == "DENY"
    told = browser.get("/", Connection="close", Accept="application/json")
    assert told.json()["error"] == messages.BROKEN


def test_an_address_that_is_none_is_told_in_japanese(browser: Browser) -> None:
    """Neither a wrong address nor a wrong method answers in the framework's English."""
    for path, status in (("/nowhere", 404), ("/say", 405), ("/files/x", 404)):
        response = browser.get(path)
        assert response.status_code == status
        assert messages.NOT_FOUND in response.text
