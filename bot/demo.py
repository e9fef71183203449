"""The demonstration: who can be played on the local page, and the roster that makes them real."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.local.guide import Guide, Part, Step, Task
from bot.chat.local.persona import Channel, Persona
from bot.config import Settings
from bot.database.engine import Transaction
from bot.roster import flows as roster
from bot.roster.model import Role
from knowledge.desk import Desk, Staff
from knowledge.ministry import Ministry

_DESK_HOME = "内閣官房"
"""The Cabinet Bureau of Personnel Affairs, where the inquiry desk stands, is part of it."""
_FIRST = "環境省"
"""A new visitor's ministry: one of the eight that had remote access for all staff in 2017."""

_ROLES = {
    "official": ("職員", Role.OFFICIAL, "テレワークの制度について質問する方です。"),
    "cio": ("副CIO", Role.DEPUTY_CIO, "府省のテレワークの整備を受け持つ方です。"),
}
_DESK_ROLES = {
    "desk": ("窓口担当", Role.DESK_OFFICER, "職員からの照会を受け取る、内閣人事局の担当者です。"),
    "admin": ("管理者", Role.ADMINISTRATOR, "窓口の運用を受け持つ、内閣人事局の担当者です。"),
}


_FURTHER = {
    "personnel": Role.PERSONNEL_OFFICER,
}
"""Who works at a desk besides the common one, where no desk officer does."""


def list_personas(
    ministries: Sequence[Ministry], further: Sequence[Desk] = ()
) -> tuple[Persona, ...]:
    """Everybody who can be played; the first is who a new visitor is.

    `further`: the desks besides the common one.
    """
    ordered = sorted(ministries, key=lambda ministry: ministry.name != _FIRST)
    numbers = {ministry.name: number for number, ministry in enumerate(ministries, start=1)}
    staff = [
        Persona(
            id=f"{id}-{numbers[ministry.name]:02d}",
            name=f"{ministry.name}の{role}",
            role=role,
            ministry=ministry.name,
            about=about,
        )
        for id, (role, _, about) in _ROLES.items()
        for ministry in ordered
    ]
    newcomer = Persona(
        "official-00", "所属未登録の職員", "職員", None, "名簿にまだ載っていない方です。"
    )
    desk = [
        Persona(id, f"内閣人事局の{role}", role, _DESK_HOME, about)
        for id, (role, _, about) in _DESK_ROLES.items()
    ]
    return (*staff, newcomer, *desk, *map(_make_officer, further))


def _make_officer(desk: Desk) -> Persona:
    label, _, _ = _DESK_ROLES["desk"]
    about = f"職員からの照会を受け取る、{desk.name}の担当者です。"
    return Persona(_officer_id(desk), f"{desk.name}の担当者", label, desk.ministry, about)


def _officer_id(desk: Desk) -> str:
    kind = "desk" if Staff.DESK_OFFICER in desk.staff else "personnel"
    return f"{kind}-{desk.id}"


def list_further(settings: Settings, desks: Sequence[Desk]) -> tuple[Desk, ...]:
    """The desks besides the common one that the settings give a conversation."""
    return tuple(desk for desk in desks if desk.id in settings.desk_channels)


def list_channels(settings: Settings, further: Sequence[Desk] = ()) -> tuple[Channel, ...]:
    """The page's conversations besides everybody's direct one."""
    others = (
        Channel(
            settings.desk_channels[desk.id],
            desk.name,
            "この窓口への照会が届きます。",
            members=frozenset({_officer_id(desk)}),
        )
        for desk in further
    )
    return (
        Channel(
            "telework",
            "テレワーク相談",
            "どなたでも質問できます。回答はスレッドに付きます。",
            "下の欄に質問を書いて送ると、回答が質問の下に付きます。やり取りは全員に見えます。",
        ),
        Channel(
            settings.desk_channel,
            "照会窓口",
            "担当者への照会が届きます。",
            "照会はまだ届いていません。「役割」で「職員」に替わって質問し、回答の下の"
            "「担当者に照会する」を押すと、ここに届きます。",
            members=frozenset(_DESK_ROLES),
        ),
        *others,
    )


def enrol_personas(tx: Transaction, personas: Sequence[Persona]) -> None:
    """Put the personas on the roster, except those who are not known to it on purpose."""
    roles = {id: role for id, (_, role, _) in {**_ROLES, **_DESK_ROLES}.items()} | _FURTHER
    for persona in personas:
        if persona.ministry is not None:
            role = roles[persona.id.split("-")[0]]
            roster.enrol(tx, persona.account, persona.name, persona.ministry, frozenset({role}))


# ---------------------------------------------------------------- what the page says of itself

SAMPLES = (
    "フレックスのコアタイムは何時間ですか",
    "勤務間インターバルの目安は何時間ですか",
    "中抜けするときの手続を教えてください",
)
"""Questions that a first visitor may press: a test holds that each is answered."""
_EQUIPMENT = "2017年にリモートアクセスができていた8省庁はどこですか"
_DEVICE = "私物のパソコンを使ってもよいですか"
QUESTIONS = (*SAMPLES, _EQUIPMENT, _DEVICE)

_ABOUT = (
    "国家公務員のテレワークの制度について、ふだんの言葉の質問に、いま効力のある規定とその根拠を"
    "示してお答えします。根拠が確かでないことは推測で答えず、担当者への照会におつなぎします。"
)
_FACTS = (
    ("架空のもの", "登場する利用者と、この画面で届く照会はすべて架空です。"),
    (
        "実際のもの",
        "規定と出典は実際のものです。法令などの本文は令和8年2月8日時点で確認しました。"
        "回答は、画面の上に示す「窓口の日付」の時点の内容です。",
    ),
)
_BE_OFFICIAL = Step(
    "role",
    "職員の画面に替わります",
    "「役割」で「職員」を選ぶと、質問する側の画面を見られます。これで一巡です。",
)
_READ_GROUND = Step(
    "ground",
    "根拠を確かめます",
    "結論の下に、根拠の条項、施行日、対象、いつの時点の案内かが並びます。"
    "題名から出典の本文を開けます。",
)


def make_guide(settings: Settings) -> Guide:
    """What the page tells a first visitor: only what can be done today."""
    desk = f"/c/{settings.desk_channel}"
    parts = {
        "職員": _official_part(desk),
        "副CIO": _cio_part(),
        "窓口担当": _desk_part(desk),
        "管理者": _admin_part(desk),
    }
    return Guide(_ABOUT, SAMPLES, _FACTS, parts)


def _official_part(desk: str) -> Part:
    tasks = (
        Task(
            "質問の例を試す",
            "規定と根拠をその場で確かめられます。",
            SAMPLES[0],
            question=SAMPLES[0],
        ),
        Task(
            "過去の規定を確かめる",
            "質問に日付を書くと、その時点の規定をお答えします。",
            "平成29年10月1日時点のコアタイムは何時間ですか",
            question="平成29年10月1日時点のコアタイムは何時間ですか",
        ),
        Task(
            "みんなと相談する",
            "全員に見える場所で質問できます。",
            "テレワーク相談を開く",
            to="/c/telework",
        ),
    )
    steps = (
        Step(
            "ask",
            "質問します",
            "質問の例を押すか、下の欄に質問を書いて「送信」を押します。",
        ),
        _READ_GROUND,
        Step(
            "refer",
            "担当者に照会します",
            "回答で足りないときは「担当者に照会する」を押します。受付番号が出ます。",
        ),
        Step(
            "role",
            "窓口担当に替わります",
            "「役割」で「窓口担当」を選ぶと、照会を受ける側の画面になります。",
        ),
        Step(
            f"place:{desk}",
            "届いた照会を見ます",
            "照会は「照会窓口」に届きます。一覧から開いてください。",
        ),
        Step(
            "card",
            "照会の中身を確かめます",
            "受付番号、質問の全文、所属、自動で案内した内容が並びます。これで一巡です。",
        ),
    )
    return Part("質問すると、規定と根拠が返ります。", tasks, steps)


def _cio_part() -> Part:
    tasks = (
        Task(
            "整備状況を調べる",
            "2017年の調査で分かった、府省の状況をお答えします。",
            _EQUIPMENT,
            question=_EQUIPMENT,
        ),
        Task(
            "機器の決まりを確かめる",
            "情報セキュリティに関わる規定も質問できます。",
            _DEVICE,
            question=_DEVICE,
        ),
        Task(
            "みんなと相談する",
            "全員に見える場所で質問できます。",
            "テレワーク相談を開く",
            to="/c/telework",
        ),
    )
    steps = (
        Step("ask", "質問します", "府省の状況や規定を、ふだんの言葉で質問します。"),
        _READ_GROUND,
        Step(
            "ministry",
            "府省を替えます",
            "「府省」で別の府省を選ぶと、その府省の副CIOの画面になります。",
        ),
        _BE_OFFICIAL,
    )
    return Part("府省の整備状況や規定を質問できます。", tasks, steps)


def _desk_part(desk: str) -> Part:
    tasks = (
        Task(
            "届いた照会に回答する",
            "引き受けて回答すると、質問した方の会話に届きます。",
            "照会窓口を開く",
            to=desk,
        ),
        Task(
            "規定を自分でも確かめる",
            "職員と同じ回答を、同じ根拠で見られます。",
            SAMPLES[2],
            question=SAMPLES[2],
        ),
    )
    steps = (
        Step(f"place:{desk}", "照会窓口を開きます", "未読の数は、まだ読んでいない照会の件数です。"),
        Step(
            "card",
            "照会を読みます",
            "「引き受ける」と「回答する」で、質問した方の会話に答えが届きます。"
            "「記事にする」で出した案は、別の担当者が承認すると公開され、次からは自動で案内します。"
            "まだ届いていないときは、職員になって照会を送ってください。",
        ),
        Step(
            "reply",
            "担当者どうしで相談します",
            "「返信する」で、照会の下に相談を書けます。「ボットを呼ばずに書く」を選ぶと、"
            "ボットは答えません。",
        ),
        _BE_OFFICIAL,
    )
    return Part("職員からの照会に回答し、回答を記事にします。", tasks, steps)


def _admin_part(desk: str) -> Part:
    tasks = (
        Task("記事の案を承認する", "窓口担当が出した案を公開できます。", "照会窓口を開く", to=desk),
        Task(
            "表示を確かめる",
            "メッセージに使う部品がこの画面でどう見えるか、まとめて確かめられます。",
            "表示の見本を開く",
            to="/gallery",
        ),
    )
    steps = (
        Step(f"place:{desk}", "照会窓口を開きます", "職員からの照会が、届いた順に並びます。"),
        Step("place:/gallery", "表示の見本を開きます", "表、画像、フォームなどを試せます。"),
        _BE_OFFICIAL,
    )
    return Part("窓口の様子と、画面の表示を確かめられます。", tasks, steps)
