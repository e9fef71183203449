"""How the roster words things: choosing one's ministry, and why it may not be chosen."""

from __future__ import annotations

from collections.abc import Mapping

from bot.conversation.message import (
    Button,
    Control,
    Form,
    OneOfField,
    Option,
    Weight,
)
from bot.roster.model import Appointment, MinistryAlreadyKnown, Position, Role, UnknownMinistry

CHOOSE = "roster.choose_ministry"
DECLARE = "roster.declare_ministry"
MINISTRY = "ministry"

ROLES: Mapping[Role, str] = {
    Role.OFFICIAL: "職員",
    Role.PERSONNEL_OFFICER: "人事担当",
    Role.DESK_OFFICER: "窓口担当",
    Role.HEAD_OF_DESK: "窓口長",
    Role.APPROVER: "承認者",
    Role.DEPUTY_CIO: "副CIO",
    Role.ADMINISTRATOR: "管理者",
}
APPOINTMENTS: Mapping[Appointment, str] = {
    Appointment.REGULAR: "本務",
    Appointment.CONCURRENT: "併任",
    Appointment.ACTING: "事務取扱",
    Appointment.DELEGATE: "代理",
}
COLUMNS: Mapping[str, tuple[str, ...]] = {
    # What each column of the roster's file may be called; the first is what we write.
    "ministry": ("府省等", "府省", "所属府省", "所属"),
    "title": ("官職", "役職", "ポスト", "職名"),
    "role": ("役割",),
    "name": ("氏名", "名前"),
    "email": ("メールアドレス", "メール", "e-mail"),
    "how": ("発令区分", "区分"),
    "since": ("開始日", "就任日", "発令日"),
    "until": ("終了日", "離任日"),
}


def name_position(position: Position) -> str:
    """A position as people read it; where it has no title, by its role."""
    return f"{position.ministry} {position.title or ROLES[position.role]}"


def choose_button() -> Button:
    return Button(Control(CHOOSE, ""), "所属府省を選ぶ", Weight.NORMAL)


def choose_form(ministries: tuple[str, ...]) -> Form:
    """Asks for one's ministry; what is chosen gives no rights."""
    return Form(
        control=Control(DECLARE, ""),
        title="所属府省を選ぶ",
        submit="登録する",
        intro="所属府省の規程や事例を、ご案内に添えるために使います。権限は付きません。",
        fields=(
            OneOfField(
                name=MINISTRY,
                label="所属府省",
                options=tuple(Option(name, name) for name in ministries),
            ),
        ),
    )


def declared(ministry: str) -> str:
    return f"所属府省を「{ministry}」として登録しました。次のご質問から、ご案内に反映します。"


def unknown_ministry(refusal: UnknownMinistry) -> str:
    return f"「{refusal.name}」という府省は一覧にありません。一覧から選んでください。"


def already_known(refusal: MinistryAlreadyKnown) -> str:
    return (
        f"所属府省は「{refusal.ministry}」として名簿に登録されています。"
        "変更が必要なときは、管理者へご連絡ください。"
    )
