"""Messages that hold every element of the neck, to see what a renderer makes of each."""

from __future__ import annotations

import struct
import zlib
from datetime import date
from functools import cache

from bot.conversation.message import (
    Bullets,
    Button,
    Buttons,
    Control,
    DateField,
    Fields,
    File,
    FileContent,
    FileField,
    Fold,
    Form,
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
    Strong,
    Table,
    TextField,
    Tone,
    Weight,
)


@cache
def list_samples() -> tuple[Message, ...]:
    """An answer, a table with its files, a card with buttons, and a form with all fields."""
    return (_answer(), _figures(), _card(), _form())


def _answer() -> Message:
    guide = Link("テレワーク実施の手引き", "https://www.example.go.jp/telework/guide.html")
    return Message(
        "休憩時間にできます。申請は要りません。",
        (
            Heading("在宅勤務日の中抜け"),
            Paragraph.of(
                "休憩時間のうちであれば、",
                Strong("申請なしで"),
                "できます。出典は",
                guide,
                "です。",
            ),
            Bullets(
                (
                    ("休憩時間を超えるときは、", Strong("年次休暇"), "などの手続きが要ります。"),
                    ("急ぐときは、先に上司へ連絡してください。",),
                )
            ),
            Note(("申請の期限は府省の規程によります。",), Tone.CAUTION),
            Note(("2017年10月1日時点の内容です。",)),
            Quote("在宅勤務日の中抜けは\n休憩ですか"),
            Fields(
                (
                    ("施行日", ("2017年4月1日",)),
                    ("出典", (guide,)),
                    ("確認した人", ("内閣人事局 窓口担当",)),
                )
            ),
            Fold(
                "詳しい説明を読む", ("休憩時間は、勤務時間の途中に置かれます。\n分けて取れます。",)
            ),
        ),
    )


def _figures() -> Message:
    chart = FileContent("実施府省数.png", "image/png", _draw_bars((4, 9, 14, 22)))
    rows = (("2014年度", "4", "18.2%"), ("2015年度", "9", "40.9%"), ("2016年度", "14", "63.6%"))
    listing = "年度,府省数\n2014,4\n2015,9\n2016,14\n".encode()
    return Message(
        "テレワークを実施した府省の数です。",
        (
            Table(("年度", "府省数", "22府省に占める割合"), rows, "テレワークを実施した府省の数"),
            Image(chart, "府省数の棒グラフ。4、9、14、22と増える。", "4年間の推移"),
            File(FileContent("実施府省数.csv", "text/csv", listing), "府省数の一覧"),
        ),
    )


def _card() -> Message:
    return Message(
        "この回答で解決しましたか。",
        (
            Paragraph.of("この回答で解決しましたか。"),
            Buttons(
                (
                    Button(Control("sample.solved", "1"), "解決した", Weight.PRIMARY),
                    Button(Control("sample.ask_desk", "1"), "担当者に照会する"),
                    Button(Control("sample.withdraw", "1"), "照会を取り下げる", Weight.DANGER),
                )
            ),
        ),
    )


def _form() -> Message:
    yes_no = (Option("yes", "実施している"), Option("no", "実施していない"))
    places = (Option("home", "自宅"), Option("satellite", "サテライトオフィス"))
    reasons = tuple(Option(f"reason{number}", f"理由その{number}") for number in range(1, 10))
    form = Form(
        control=Control("sample.answer", "1"),
        title="実施状況の回答",
        intro="途中まで入力した内容は、この画面に残ります。",
        submit="回答を送る",
        fields=(
            OneOfField(name="running", label="テレワークの実施", options=yes_no),
            SeveralOfField(name="places", label="実施の場所", options=places, initial=("home",)),
            OneOfField(name="reason", label="主な理由", options=reasons, required=False),
            NumberField(name="staff", label="対象の職員数", minimum=0, maximum=50000, unit="人"),
            QuarterField(
                name="start",
                label="全職員で始める時期",
                earliest=Quarter(2017, 1),
                latest=Quarter(2020, 4),
                required=False,
            ),
            DateField(
                name="decided",
                label="規程を定めた日",
                earliest=date(2010, 4, 1),
                latest=date(2021, 3, 31),
                required=False,
            ),
            TextField(name="contact", label="担当の部署", max_length=60),
            TextField(
                name="remarks",
                label="備考",
                hint="工夫した点や困っている点をお書きください。",
                multiline=True,
                required=False,
            ),
            FileField(
                name="rules",
                label="規程の写し",
                media_types=("application/pdf", "text/plain"),
                max_bytes=5 * 1024 * 1024,
                required=False,
            ),
        ),
    )
    return Message("実施状況の回答をお願いします。", (form,))


def _draw_bars(values: tuple[int, ...], width: int = 480, height: int = 200) -> bytes:
    """A bar chart as a PNG of two colours, without a library that only samples would need."""
    step = width // len(values)
    tops = [height - value * (height - 20) // max(values) for value in values]
    lines = bytearray()
    for y in range(height):
        lines.append(0)
        lines += bytes(
            y >= tops[x // step] and step // 5 < x % step < step - step // 5 for x in range(width)
        )
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    palette = b"\xff\xff\xff\x00\x31\xd8"
    chunks = (
        (b"IHDR", header),
        (b"PLTE", palette),
        (b"IDAT", zlib.compress(lines)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
