"""An inquiry at hand: found, checked against who presses, and shown as it stands."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields, replace
from datetime import date

from bot import calendar
from bot.audit import flows as audit
from bot.audit.model import Actor, State
from bot.context import Context
from bot.conversation.address import Account, Conversation, Place
from bot.conversation.message import Buttons, Message, New, Outcome, Priority, Update
from bot.database.engine import Transaction
from bot.desk import flows as desk
from bot.desk.model import Promise, Question
from bot.inquiry import model
from bot.inquiry.flows import copies
from bot.inquiry.messages import receiving as words
from bot.inquiry.messages import replying as asker_words
from bot.inquiry.model import (
    MAY_FOLLOW,
    MAY_LEAD,
    UNNAMED,
    Beside,
    Inquiry,
    InquiryGone,
    NotYourDesk,
    Query,
    Reply,
    Stage,
    Step,
    check_holder,
    check_own_desk,
    check_stage,
    find_sight,
    list_fits,
    works_at,
)
from bot.inquiry.records import cases, memos, queries, replies
from bot.roster import flows as roster
from bot.roster.messages import name_position
from bot.roster.model import Person
from knowledge.desk import Desk


def check_at_desk(
    tx: Transaction, presser: Account, number: str, context: Context
) -> tuple[Person, Inquiry]:
    """Who presses, and the inquiry. Raises NotAtDesk, InquiryGone, NotYourDesk."""
    person = model.check_at_desk(roster.find_person(tx, presser, context.today()))
    inquiry = get_inquiry(tx, number)
    check_own_desk(person, get_desk(inquiry, context))
    return person, inquiry


def check_held(
    tx: Transaction,
    presser: Account,
    number: str,
    context: Context,
    stages: Collection[Stage] = (Stage.TAKEN,),
) -> tuple[Person, Inquiry]:
    """Who has the inquiry, and it, where it stands at one of some stages.

    Raises NotAtDesk, InquiryGone, NotYourDesk, NotTaken, TakenByOther, StageOver.
    """
    person, inquiry = check_at_desk(tx, presser, number, context)
    check_stage(inquiry, Stage.WAITING, *stages)
    check_holder(inquiry, presser)
    return person, inquiry


def check_sight(
    tx: Transaction, reader: Account, number: str, context: Context
) -> tuple[Person, Inquiry]:
    """Who wants to read, and the inquiry. Raises NotAtDesk, InquiryGone, NotYourDesk."""
    person = model.check_at_desk(roster.find_person(tx, reader, context.today()))
    inquiry = get_inquiry(tx, number)
    sight = find_sight(person, context.desks)
    if sight is None or not sight.covers(inquiry.desk):
        raise NotYourDesk(get_desk(inquiry, context).name)
    return person, inquiry


def get_answered(
    tx: Transaction, presser: Account, number: str, context: Context
) -> tuple[Inquiry, Question, Reply]:
    """An inquiry that has its answer, for those at the desk.

    Raises NotAtDesk, InquiryGone, StageOver.
    """
    _, inquiry = check_at_desk(tx, presser, number, context)
    check_stage(inquiry, Stage.ANSWERED, Stage.CLOSED)
    answer = replies.find_last_reply(tx, number)
    assert answer is not None
    return inquiry, get_question(tx, inquiry), answer


def get_inquiry(tx: Transaction, number: str) -> Inquiry:
    """By its number. Raises InquiryGone."""
    found = cases.find_inquiry(tx, number)
    if found is None:
        raise InquiryGone
    return found


def get_reply(tx: Transaction, token: str) -> Reply:
    """By the token of its buttons. Raises InquiryGone."""
    found = replies.find_reply(tx, token)
    if found is None:
        raise InquiryGone
    return found


def get_query(tx: Transaction, token: str) -> Query:
    """By the token of its buttons. Raises InquiryGone."""
    found = queries.find_query(tx, token)
    if found is None:
        raise InquiryGone
    return found


def get_question(tx: Transaction, inquiry: Inquiry) -> Question:
    """What was asked; of a nameless one, nothing is told of where. Raises InquiryGone."""
    found = desk.find_question(tx, inquiry.token)
    if found is None:
        raise InquiryGone
    if not inquiry.nameless:
        return found
    nowhere = Conversation(found.asker.service, found.asker.tenant, "")
    return replace(found, place=Place(nowhere))


def went_on(
    tx: Transaction,
    before: Inquiry,
    step: Step,
    presser: Account,
    context: Context,
    *,
    about: str | None = None,
    further: State = None,
) -> Outcome[None]:
    """Keep a step, and show the inquiry as it stands after it.

    `before`: as it was found; `about`: what else the step concerns; `further`: what else it
    decided, for the audit log.
    """
    inquiry = get_inquiry(tx, before.number)
    after = {**describe(inquiry), **(further or {})}
    was = describe(before)
    keep_step(tx, before.number, step, presser, context, about=about, before=was, after=after)
    return Outcome(None, redraw(tx, inquiry, context))


def redraw(tx: Transaction, inquiry: Inquiry, context: Context) -> tuple[Update, ...]:
    """The inquiry as it stands, wherever it is read."""
    drawn = Update(of=make_key(inquiry), message=show(tx, inquiry, context))
    return (drawn, *redraw_copies(tx, inquiry, context))


def keep_step(
    tx: Transaction,
    number: str,
    step: Step,
    presser: Account,
    context: Context,
    *,
    giver: Desk | None = None,
    desk: str | None = None,
    about: str | None = None,
    before: State = None,
    after: State = None,
) -> None:
    """Keep a step in the inquiry's own history, and in the audit log what it changed.

    `desk`: which one has the inquiry from this step on; `giver`: which one had it until then;
    `about`: what else it concerns.
    """
    at = context.now()
    inquiry = get_inquiry(tx, number)
    if _is_unnamed(tx, inquiry, presser):
        kept, who = UNNAMED, Actor(UNNAMED)
    else:
        fits = list_fits(step, giver or get_desk(inquiry, context))
        kept, who = presser, roster.find_actor(tx, presser, context.today(), *fits)
    cases.add_step(tx, number, step, kept, at, desk, about)
    audit.note(tx, who, f"inquiry.{step}", make_subject(number), at, before=before, after=after)


def _is_unnamed(tx: Transaction, inquiry: Inquiry, presser: Account) -> bool:
    """Whether it is the asker of an inquiry, who must not be known by its history."""
    return inquiry.nameless and get_question(tx, inquiry).asker == presser


_NOT_DECIDED = ("number", "token", "alike")
"""What tells an inquiry apart, and what the bot only proposes."""


def name_actor(
    tx: Transaction, presser: Account, step: Step, inquiry: Inquiry, context: Context
) -> str:
    """The position in which somebody of the desk takes a step."""
    person = roster.find_person(tx, presser, context.today())
    return name_person(person, step, get_desk(inquiry, context))


def name_person(person: Person | None, step: Step, own: Desk) -> str:
    """The position in which somebody took a step; the desk's name for whoever holds none."""
    capacity = person.choose_capacity(*list_fits(step, own)) if person else None
    return name_position(capacity.position) if capacity else own.name


def describe(inquiry: Inquiry) -> dict[str, object]:
    """How an inquiry stands, for the audit log: what was asked is no part of it."""
    names = (field.name for field in fields(inquiry) if field.name not in _NOT_DECIDED)
    return {name: getattr(inquiry, name) for name in names}


def show(tx: Transaction, inquiry: Inquiry, context: Context) -> Message:
    """The card that the desk reads, as it stands now."""
    question = get_question(tx, inquiry)
    return words.card(
        inquiry,
        question,
        desk.list_kept(question, context),
        replies.find_last_reply(tx, inquiry.number),
        passed=_list_passed(tx, inquiry, context),
        asked=queries.list_queries(tx, inquiry.number),
        alike=_list_alike(tx, inquiry, context),
        followers=_with_texts(tx, cases.list_followers(tx, inquiry.number)),
        memos=memos.list_memos(tx, inquiry.number),
        is_movable=bool(list_other_desks(inquiry, context)),
    )


def _list_passed(tx: Transaction, inquiry: Inquiry, context: Context) -> tuple[str, ...]:
    """The names of the desks that had it, the present one last; none where it never moved."""
    if not inquiry.moves:
        return ()
    return tuple(context.desks.get(id).name for id in cases.list_desks(tx, inquiry.number))


def _list_alike(tx: Transaction, inquiry: Inquiry, context: Context) -> tuple[Beside, ...]:
    """What may ask for the same, as far as both still wait for an answer."""
    if inquiry.stage not in MAY_FOLLOW:
        return ()
    found = cases.list_inquiries(tx, inquiry.alike)
    own = get_desk(inquiry, context)
    waiting = [
        found[number]
        for number in inquiry.alike
        if number in found
        and found[number].stage in MAY_LEAD
        and get_desk(found[number], context) == own
    ]
    return _with_texts(tx, waiting)


def _with_texts(tx: Transaction, inquiries: Collection[Inquiry]) -> tuple[Beside, ...]:
    asked = desk.list_questions(tx, [inquiry.token for inquiry in inquiries])
    return tuple(Beside(one, asked[one.token].text) for one in inquiries)


def show_to(tx: Transaction, reader: Account, inquiry: Inquiry, context: Context) -> Message | None:
    """The card for one who asked for it, without buttons where they may only look; else None."""
    person = roster.find_person(tx, reader, context.today())
    sight = find_sight(person, context.desks)
    if person is None or sight is None or not sight.covers(inquiry.desk):
        return None
    card = show(tx, inquiry, context)
    if works_at(person, get_desk(inquiry, context)):
        return card
    kept = tuple(element for element in card.elements if not isinstance(element, Buttons))
    return Message(card.gist, kept)


def redraw_copies(
    tx: Transaction, inquiry: Inquiry, context: Context, last: Message | None = None
) -> tuple[Update, ...]:
    """The inquiry as it stands, for all who opened it; `last` is for whose it is no longer."""
    of = make_subject(inquiry.number)
    return tuple(copies.redraw(tx, of, lambda reader: show_to(tx, reader, inquiry, context), last))


def tell_desk(inquiry: Inquiry, message: Message, context: Context, key: str | None = None) -> New:
    """Something for those who have to answer it; nobody waits for that this minute."""
    place = get_place(inquiry, context)
    return New(target=place, message=message, key=key, priority=Priority.NOTICE)


def tell_asker(
    inquiry: Inquiry, question: Question, message: Message, key: str, context: Context
) -> New:
    """Something for the asker: in their thread, or directly where that is gone.

    Where they cannot be reached at all, the desk hears of it. Who is not to be named is told
    directly from the first: in a thread, others would read whom the answer is for.
    """
    told = New(
        target=question.place,
        message=message,
        key=key,
        instead=New(target=question.asker, message=asker_words.direct(message)),
        lost=tell_desk(inquiry, words.unreachable(inquiry, message.gist), context),
    )
    return replace(told, target=question.asker, instead=None) if inquiry.nameless else told


def get_asker_place(inquiry: Inquiry, question: Question) -> Place:
    """Where the asker reads what they are told, so that words there may be an answer to it."""
    if not inquiry.nameless:
        return question.place
    asker = question.asker
    return Place(Conversation(asker.service, asker.tenant, f"@{asker.id}"))


def make_subject(number: str) -> str:
    """What an inquiry is called where all kinds of things are spoken of."""
    return f"inquiry:{number}"


def make_key(inquiry: Inquiry) -> str:
    """The key of the post that brings it to the desk: each time that it goes on, another one."""
    return make_subject(inquiry.number) + (f":{inquiry.moves}" if inquiry.moves else "")


def make_late_key(inquiry: Inquiry, number: int) -> str:
    """The key of a notice that an answer is owed since a day."""
    return f"{make_key(inquiry)}:late:{inquiry.due_on}:{number}"


def make_told_key(inquiry: Inquiry) -> str:
    """The key of what tells the asker that it went to another desk."""
    return f"{make_key(inquiry)}:told"


def list_late_keys(inquiry: Inquiry) -> tuple[str, ...]:
    """The keys of all notices that an answer is owed: they are pointless once it is not."""
    return tuple(make_late_key(inquiry, n) for n in range(1, inquiry.notices + 1))


def get_desk(inquiry: Inquiry, context: Context) -> Desk:
    """Who has to answer it."""
    return context.desks.get(inquiry.desk)


def list_other_desks(inquiry: Inquiry, context: Context) -> tuple[Desk, ...]:
    """The desks that it may go to."""
    own = get_desk(inquiry, context)
    return tuple(other for other in context.desks.open if other != own)


def get_place(inquiry: Inquiry, context: Context) -> Place:
    """Where those read who have to answer it."""
    return Place(context.get_conversation(get_desk(inquiry, context)))


def make_promise(desk: Desk, due_on: date, context: Context) -> Promise:
    """What the asker is told of an answer that a desk owes."""
    closures = calendar.list_unusual_closures(context.today(), due_on, desk.days_off)
    return Promise(desk.name, due_on, closures, desk.hours)


def find_due_day(desk: Desk, context: Context) -> date:
    """By when a desk owes an answer to what it is asked now."""
    days = desk.days or context.settings.desk_days
    due = calendar.find_due_day(context.now(), days, extra=desk.days_off)
    assert due is not None
    return due


def put_pause(tx: Transaction, inquiry: Inquiry, context: Context) -> date | None:
    """Count the due day anew, with what was waited for the asker, and give it."""
    opened = cases.find_clock_start(tx, inquiry.number)
    if opened is None:
        return inquiry.due_on  # referred before steps were kept: nobody knows since when
    waits = [query.wait for query in queries.list_queries(tx, inquiry.number)]
    desk = get_desk(inquiry, context)
    days = desk.days or context.settings.desk_days
    due_on = calendar.find_due_day(opened, days, waits, desk.days_off)
    cases.put_pause(tx, inquiry.number, due_on)
    return due_on
