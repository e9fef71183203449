"""What desks ask askers back: while they wait, no day is counted."""

import sqlalchemy as sa
from alembic import op

from migrations.checks import allow

revision = "0012"
down_revision = "0011"

INSTANT = sa.DateTime(timezone=True)
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OPEN = "answered_at IS NULL AND dropped_at IS NULL"
STAGES = ("waiting", "taken", "answered", "closed")
NEW_STAGES = ("waiting", "taken", "asked_back", "answered", "closed", "lapsed")
STEPS = (
    *("escalated", "taken_over", "handed_back", "handed_on", "passed_up", "passed_down"),
    *("replied", "settled", "reopened", "proposed", "approved", "rejected"),
)
NEW_STEPS = (
    *("escalated", "taken_over", "handed_back", "handed_on", "passed_up", "passed_down"),
    *("asked_back", "answered_back", "query_dropped", "lapsed"),
    *("replied", "settled", "reopened", "proposed", "approved", "rejected"),
)


def upgrade() -> None:
    _index_open("stage IN ('waiting', 'taken')", "stage IN ('waiting', 'taken', 'asked_back')")
    allow("cases", "stage", STAGES, NEW_STAGES)
    allow("case_steps", "step", STEPS, NEW_STEPS)
    op.create_table(
        "queries",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("office", sa.String(length=100), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("service", sa.String(length=20), nullable=False),
        sa.Column("tenant", sa.String(length=100), nullable=False),
        sa.Column("account", sa.String(length=200), nullable=False),
        sa.Column("conversation", sa.String(length=200), nullable=False),
        sa.Column("thread", sa.String(length=100), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.Column("dropped_at", INSTANT, nullable=True),
        sa.Column("reminded_at", INSTANT, nullable=True),
        sa.Column("missed_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queries")),
        sa.UniqueConstraint("token", name=op.f("uq_queries_token")),
    )
    op.create_index(op.f("ix_queries_number"), "queries", ["number"], unique=False)
    op.create_index(
        "ix_queries_open",
        "queries",
        ["account", "conversation"],
        unique=False,
        sqlite_where=sa.text(OPEN),
        postgresql_where=sa.text(OPEN),
    )


def downgrade() -> None:
    op.drop_index("ix_queries_open", table_name="queries")
    op.drop_index(op.f("ix_queries_number"), table_name="queries")
    op.drop_table("queries")
    # Whoever had it has it still; what lapsed is over, and the version before calls that closed.
    op.execute("UPDATE cases SET stage = 'taken' WHERE stage = 'asked_back'")
    op.execute("UPDATE cases SET stage = 'closed' WHERE stage = 'lapsed'")
    gone = ", ".join(f"'{step}'" for step in NEW_STEPS if step not in STEPS)
    op.execute(f"DELETE FROM case_steps WHERE step IN ({gone})")  # noqa: S608
    allow("case_steps", "step", NEW_STEPS, STEPS)
    allow("cases", "stage", NEW_STAGES, STAGES)
    _index_open("stage IN ('waiting', 'taken', 'asked_back')", "stage IN ('waiting', 'taken')")


def _index_open(before: str, after: str) -> None:
    """What waits for its asker is as open as the rest."""
    old, new = sa.text(before), sa.text(after)
    op.drop_index("ix_cases_open", "cases", sqlite_where=old, postgresql_where=old)
    op.create_index("ix_cases_open", "cases", ["due_on"], sqlite_where=new, postgresql_where=new)
