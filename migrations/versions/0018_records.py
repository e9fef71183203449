"""Inquiries that ask for the same, what desks note for themselves, and what steps concern."""

import sqlalchemy as sa
from alembic import op

from migrations.checks import allow

revision = "0018"
down_revision = "0017"

STAGES = ("waiting", "taken", "asked_back", "answered", "closed", "lapsed")
NEW_STAGES = ("waiting", "taken", "asked_back", "merged", "answered", "closed", "lapsed")
FIRST = (
    *("escalated", "taken_over", "handed_back", "handed_on", "passed_up", "passed_down"),
    *("asked_back", "answered_back", "query_dropped"),
)
LAST = ("lapsed", "replied", "settled", "reopened", "proposed", "approved", "rejected")
NEW = ("merged", "unmerged", "noted")
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ANSWERS = """
UPDATE case_steps SET about = (
    SELECT replies.token FROM replies
    WHERE replies.number = case_steps.number
    AND (
        SELECT count(*) FROM replies AS sooner
        WHERE sooner.number = replies.number AND sooner.id < replies.id
    ) = (
        SELECT count(*) FROM case_steps AS before
        WHERE before.number = case_steps.number AND before.step = 'replied'
        AND before.id < case_steps.id
    )
)
WHERE step = 'replied'
"""


def upgrade() -> None:
    op.add_column("cases", sa.Column("main", sa.String(length=20), nullable=True))
    op.add_column("cases", sa.Column("alike", sa.Text(), nullable=True))
    op.create_index(op.f("ix_cases_main"), "cases", ["main"], unique=False)
    op.add_column("case_steps", sa.Column("about", sa.String(length=64), nullable=True))
    allow("cases", "stage", STAGES, NEW_STAGES)
    allow("case_steps", "step", (*FIRST, *LAST), (*FIRST, *NEW, *LAST))
    op.create_table(
        "memos",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("service", sa.String(length=20), nullable=False),
        sa.Column("tenant", sa.String(length=100), nullable=False),
        sa.Column("account", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memos")),
        sa.UniqueConstraint("token", name=op.f("uq_memos_token")),
    )
    op.create_index(op.f("ix_memos_number"), "memos", ["number"], unique=False)
    # The history tells what was answered: the first answer was given by the first such step.
    op.execute(ANSWERS)


def downgrade() -> None:
    op.drop_index(op.f("ix_memos_number"), table_name="memos")
    op.drop_table("memos")
    # The version before knows of none that waits for another's answer: it waits for its own.
    op.execute("UPDATE cases SET stage = 'waiting' WHERE stage = 'merged'")
    op.execute("DELETE FROM case_steps WHERE step IN ('merged', 'unmerged', 'noted')")
    allow("case_steps", "step", (*FIRST, *NEW, *LAST), (*FIRST, *LAST))
    allow("cases", "stage", NEW_STAGES, STAGES)
    op.drop_column("case_steps", "about")
    op.drop_index(op.f("ix_cases_main"), table_name="cases")
    op.drop_column("cases", "alike")
    op.drop_column("cases", "main")
