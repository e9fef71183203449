"""Tables of questions and of the inquiries that went to a person."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from bot.conversation.address import Account, Conversation, Place
from bot.database.engine import Transaction
from bot.database.schema import Instant, Serial, insert_once, metadata, one_of
from bot.desk.model import Confirmed, DecisionName, How, Question, State

questions = sa.Table(
    "questions",
    metadata,
    sa.Column("id", Serial, primary_key=True),
    sa.Column("token", sa.String(32), nullable=False, unique=True),
    sa.Column("service", sa.String(20), nullable=False),
    sa.Column("tenant", sa.String(100), nullable=False),
    sa.Column("account", sa.String(200), nullable=False),
    sa.Column("ministry", sa.String(100)),
    sa.Column("conversation", sa.String(200), nullable=False),
    sa.Column("thread", sa.String(100)),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("words", sa.Text, nullable=False, doc="what was searched for"),
    sa.Column("asked_at", Instant, nullable=False),
    sa.Column("as_of", sa.Date, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("decision", sa.String(20), nullable=False),
    sa.Column("articles", sa.Text, nullable=False, doc="ids as a JSON list"),
    sa.Column("others", sa.Text, nullable=False, doc="ids as a JSON list"),
    one_of("state", State),
    one_of("decision", DecisionName),
)
sa.Index("ix_questions_asked_at", questions.c.asked_at)
sa.Index("ix_questions_asker", questions.c.account, questions.c.conversation, questions.c.id)
wordings = sa.Table(
    "wordings",
    metadata,
    sa.Column("id", Serial, primary_key=True),
    sa.Column("question_id", sa.ForeignKey("questions.id"), nullable=False),
    sa.Column("article", sa.String(100), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("how", sa.String(10), nullable=False),
    sa.Column("confirmed_at", Instant, nullable=False),
    sa.Column("judged_at", Instant, doc="null: waits to become a phrasing, or to be dropped"),
    one_of("how", How),
    sa.UniqueConstraint("question_id", "article", "how"),
)
_WAITING = "judged_at IS NULL"
sa.Index(
    "ix_wordings_waiting",
    wordings.c.article,
    sqlite_where=sa.text(_WAITING),
    postgresql_where=sa.text(_WAITING),
)
inquiries = sa.Table(
    "inquiries",
    metadata,
    sa.Column("id", Serial, primary_key=True),
    sa.Column("question_id", sa.ForeignKey("questions.id"), nullable=False, unique=True),
    sa.Column("number", sa.String(20), nullable=False, unique=True),
    sa.Column("escalated_at", Instant, nullable=False),
)

_WITH_NUMBER = sa.select(questions, inquiries.c.number).outerjoin(
    inquiries, inquiries.c.question_id == questions.c.id
)


def add_question(
    tx: Transaction,
    *,
    token: str,
    asker: Account,
    ministry: str | None,
    place: Place,
    text: str,
    words: str,
    asked_at: datetime,
    as_of: date,
    decision: DecisionName,
    articles: tuple[str, ...],
    others: tuple[str, ...],
) -> Question:
    """Keep a question with what was decided on it."""
    row = {
        "token": token,
        "service": asker.service,
        "tenant": asker.tenant,
        "account": asker.id,
        "ministry": ministry,
        "conversation": place.conversation.id,
        "thread": place.thread,
        "text": text,
        "words": words,
        "asked_at": asked_at,
        "as_of": as_of,
        "state": State.OPEN.value,
        "decision": decision.value,
        "articles": json.dumps(articles),
        "others": json.dumps(others),
    }
    id = tx.execute(_ADD_QUESTION, row).scalar_one()
    return Question(
        id=id,
        token=token,
        asker=asker,
        ministry=ministry,
        place=place,
        text=text,
        words=words,
        asked_at=asked_at,
        as_of=as_of,
        state=State.OPEN,
        decision=decision,
        articles=articles,
        others=others,
    )


# Made once, as every question needs them: to build a statement takes longer than to run it.
_ADD_QUESTION = questions.insert().returning(questions.c.id)
_PREVIOUS = (
    _WITH_NUMBER.where(
        questions.c.service == sa.bindparam("service"),
        questions.c.tenant == sa.bindparam("tenant"),
        questions.c.account == sa.bindparam("account"),
        questions.c.conversation == sa.bindparam("conversation"),
        questions.c.thread.is_not_distinct_from(sa.bindparam("thread")),
        questions.c.asked_at >= sa.bindparam("since"),
    )
    .order_by(questions.c.id.desc())
    .limit(1)
)


def find_question(tx: Transaction, token: str) -> Question | None:
    """The question that a button's token belongs to."""
    row = tx.execute(_WITH_NUMBER.where(questions.c.token == token)).one_or_none()
    return _question(row) if row else None


def list_recent(tx: Transaction, asker: Account, limit: int) -> tuple[Question, ...]:
    """Somebody's last questions, the latest first."""
    mine = sa.and_(
        questions.c.service == asker.service,
        questions.c.tenant == asker.tenant,
        questions.c.account == asker.id,
    )
    asked = _WITH_NUMBER.where(mine).order_by(questions.c.id.desc()).limit(limit)
    return tuple(_question(row) for row in tx.execute(asked))


def find_previous(
    tx: Transaction, asker: Account, place: Place, since: datetime
) -> Question | None:
    """The last question that somebody asked in a place, not earlier than a time."""
    where = {
        "service": asker.service,
        "tenant": asker.tenant,
        "account": asker.id,
        "conversation": place.conversation.id,
        "thread": place.thread,
        "since": since,
    }
    row = tx.execute(_PREVIOUS, where).one_or_none()
    return _question(row) if row else None


def list_questions(tx: Transaction, tokens: Collection[str]) -> Mapping[str, Question]:
    """Questions by their tokens, as far as they are kept."""
    rows = tx.execute(_WITH_NUMBER.where(questions.c.token.in_(tokens)))
    return {row.token: _question(row) for row in rows}


def has_asked_since(
    tx: Transaction, asker: Account, conversation: Conversation, since: datetime
) -> bool:
    """Whether somebody has asked anything in a conversation since an instant."""
    asked = sa.exists().where(
        questions.c.account == asker.id,
        questions.c.conversation == conversation.id,
        questions.c.service == asker.service,
        questions.c.tenant == asker.tenant,
        questions.c.asked_at > since,
    )
    return bool(tx.scalar(sa.select(asked)))


def add_wording(tx: Transaction, question: Question, article: str, how: How, now: datetime) -> None:
    """Keep that somebody confirmed an article as the answer to their wording."""
    row = {
        "question_id": question.id,
        "article": article,
        "text": question.words,
        "how": how.value,
        "confirmed_at": now,
    }
    insert_once(tx, wordings, row)


def list_waiting_wordings(tx: Transaction, article: str | None = None) -> tuple[Confirmed, ...]:
    """What was confirmed and not judged yet, by article; the one that most confirmed first."""
    c = wordings.c
    count = sa.func.count(c.question_id.distinct()).label("often")
    waiting = sa.select(sa.func.min(c.id).label("id"), c.article, c.text, count)
    waiting = waiting.where(sa.text(_WAITING)).group_by(c.article, c.text)
    if article is not None:
        waiting = waiting.where(c.article == article)
    rows = tx.execute(waiting.order_by(c.article, count.desc(), sa.func.min(c.id)))
    return tuple(Confirmed(row.id, row.article, row.text, row.often) for row in rows)


def mark_judged(tx: Transaction, article: str, text: str, now: datetime) -> None:
    """Somebody has decided on a wording, whoever else confirms it until then."""
    these = sa.and_(wordings.c.article == article, wordings.c.text == text, sa.text(_WAITING))
    tx.execute(sa.update(wordings).where(these).values(judged_at=now))


def _question(row: sa.Row[Any]) -> Question:
    return Question(
        id=row.id,
        token=row.token,
        asker=Account(row.service, row.tenant, row.account),
        ministry=row.ministry,
        place=Place(Conversation(row.service, row.tenant, row.conversation), row.thread),
        text=row.text,
        words=row.words,
        asked_at=row.asked_at,
        as_of=row.as_of,
        state=State(row.state),
        decision=DecisionName(row.decision),
        articles=tuple(json.loads(row.articles)),
        others=tuple(json.loads(row.others)),
        inquiry=row.number,
    )


def put_state(tx: Transaction, question: Question, state: State) -> None:
    tx.execute(sa.update(questions).where(questions.c.id == question.id).values(state=state.value))


def put_ministry(tx: Transaction, question: Question, ministry: str | None) -> None:
    tx.execute(sa.update(questions).where(questions.c.id == question.id).values(ministry=ministry))


def put_as_of(tx: Transaction, question: Question, day: date) -> None:
    tx.execute(sa.update(questions).where(questions.c.id == question.id).values(as_of=day))


def put_decision(
    tx: Transaction,
    question: Question,
    decision: DecisionName,
    articles: tuple[str, ...],
    others: tuple[str, ...] = (),
) -> None:
    """What the asker's press made of the question."""
    values = {
        "decision": decision.value,
        "articles": json.dumps(articles),
        "others": json.dumps(others),
    }
    tx.execute(sa.update(questions).where(questions.c.id == question.id).values(values))


def count_inquiries(tx: Transaction, number_prefix: str) -> int:
    """How many inquiries bear a number of this fiscal year."""
    these = inquiries.c.number.startswith(number_prefix, autoescape=True)
    return tx.execute(sa.select(sa.func.count()).where(these)).scalar_one()


def add_inquiry(tx: Transaction, question: Question, number: str, escalated_at: datetime) -> None:
    tx.execute(
        inquiries.insert().values(question_id=question.id, number=number, escalated_at=escalated_at)
    )
