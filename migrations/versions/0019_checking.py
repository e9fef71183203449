"""Replies that a second person checks, in revisions, and where what they say can be read."""

import sqlalchemy as sa
from alembic import op

from migrations.checks import allow

revision = "0019"
down_revision = "0018"

INSTANT = sa.DateTime(timezone=True)
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STAGES = ("waiting", "taken", "asked_back", "merged", "answered", "closed", "lapsed")
NEW_STAGES = (
    "waiting",
    "taken",
    "asked_back",
    "checking",
    "merged",
    "answered",
    "closed",
    "lapsed",
)
FIRST = (
    *("escalated", "taken_over", "handed_back", "handed_on", "passed_up", "passed_down"),
    *("asked_back", "answered_back", "query_dropped", "merged", "unmerged", "noted", "lapsed"),
)
NEW = ("drafted", "returned", "draft_withdrawn")
LAST = ("replied", "settled", "reopened", "proposed", "approved", "rejected")
OPEN = "stage IN ('waiting', 'taken', 'asked_back')"
NEW_OPEN = "stage IN ('waiting', 'taken', 'asked_back', 'checking')"


def upgrade() -> None:
    _index_open(OPEN, NEW_OPEN)
    allow("cases", "stage", STAGES, NEW_STAGES)
    allow("case_steps", "step", (*FIRST, *LAST), (*FIRST, *NEW, *LAST))
    op.add_column("replies", sa.Column("sources", sa.Text(), nullable=True))
    op.create_table(
        "reply_drafts",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("standing", sa.String(length=10), nullable=False),
        sa.Column("sources", sa.Text(), nullable=True),
        sa.Column("service", sa.String(length=20), nullable=False),
        sa.Column("tenant", sa.String(length=100), nullable=False),
        sa.Column("account", sa.String(length=200), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("written_at", INSTANT, nullable=False),
        sa.Column("fate", sa.String(length=10), nullable=False),
        sa.Column("checker_service", sa.String(length=20), nullable=True),
        sa.Column("checker_tenant", sa.String(length=100), nullable=True),
        sa.Column("checker_account", sa.String(length=200), nullable=True),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "standing IN ('advice', 'official')", name=op.f("ck_reply_drafts_standing")
        ),
        sa.CheckConstraint(
            "fate IN ('waiting', 'issued', 'returned', 'replaced', 'withdrawn')",
            name=op.f("ck_reply_drafts_fate"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply_drafts")),
        sa.UniqueConstraint("token", name=op.f("uq_reply_drafts_token")),
        sa.UniqueConstraint("number", "revision", name=op.f("uq_reply_drafts_number_revision")),
    )


def downgrade() -> None:
    op.drop_table("reply_drafts")
    op.drop_column("replies", "sources")
    # Whoever wrote the reply has the inquiry still, and may answer without a second person.
    op.execute("UPDATE cases SET stage = 'taken' WHERE stage = 'checking'")
    gone = ", ".join(f"'{step}'" for step in NEW)
    op.execute(f"DELETE FROM case_steps WHERE step IN ({gone})")  # noqa: S608
    allow("case_steps", "step", (*FIRST, *NEW, *LAST), (*FIRST, *LAST))
    allow("cases", "stage", NEW_STAGES, STAGES)
    _index_open(NEW_OPEN, OPEN)


def _index_open(before: str, after: str) -> None:
    """What waits for a second person is as open as the rest."""
    old, new = sa.text(before), sa.text(after)
    op.drop_index("ix_cases_open", "cases", sqlite_where=old, postgresql_where=old)
    op.create_index("ix_cases_open", "cases", ["due_on"], sqlite_where=new, postgresql_where=new)
