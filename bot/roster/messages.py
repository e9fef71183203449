"""How the roster words things: choosing one's ministry, and why it may not be chosen."""

from __future__ import annotations

from bot.conversation.message import (
    Button,
    Control,
    Form,
    OneOfField,
    Option,
    Weight,
)
from bot.roster.model import MinistryAlreadyKnown, UnknownMinistry

CHOOSE = "roster.choose_ministry"
DECLARE = "roster.declare_ministry"
MINISTRY = "ministry"


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
