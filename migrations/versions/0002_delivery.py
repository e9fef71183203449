"""Delivery at a pace and after a restore: who stands behind whom, turns, replays, retries."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

INSTANT = sa.DateTime(timezone=True)
READY = "state IN ('waiting', 'doubt') AND NOT behind"
INDEXES: dict[str, tuple[str, list[str | sa.TextClause], str]] = {
    "ix_inbox_waiting": ("inbox", ["id"], "state = 'waiting'"),
    "ix_inbox_leased": ("inbox", ["leased_until"], "state = 'leased'"),
    "ix_inbox_failed": ("inbox", ["id"], "state = 'failed'"),
    "ix_outbox_ready": (
        "outbox",
        ["service", "tenant", sa.text("priority DESC"), "not_before", "id"],
        READY,
    ),
    "ix_outbox_leased": ("outbox", ["leased_until"], "state = 'leased'"),
    "ix_outbox_perishable": (
        "outbox",
        ["not_after"],
        "state = 'waiting' AND not_after IS NOT NULL",
    ),
    "ix_outbox_settled": ("outbox", ["state", "id"], "state IN ('failed', 'cancelled')"),
}


def upgrade() -> None:
    # Defaults of the database's own: code of the version before does not know these columns.
    op.add_column(
        "inbox", sa.Column("retries", sa.Integer(), nullable=False, server_default=sa.text("0"))
    )
    op.add_column(
        "outbox", sa.Column("behind", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("outbox", sa.Column("since", INSTANT, nullable=True))
    op.add_column("pace", sa.Column("paced_until", INSTANT, nullable=True))
    op.create_table(
        "replays",
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("until", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_replays")),
    )
    for name, (table, columns, where) in INDEXES.items():
        condition = sa.text(where)
        op.create_index(name, table, columns, sqlite_where=condition, postgresql_where=condition)
    op.create_index("ix_outbox_sent_message", "outbox", ["sent_message"])


def downgrade() -> None:
    op.drop_index("ix_outbox_sent_message", table_name="outbox")
    for name, (table, _columns, _where) in reversed(INDEXES.items()):
        op.drop_index(name, table_name=table)
    op.drop_table("replays")
    op.drop_column("pace", "paced_until")
    op.drop_column("outbox", "since")
    op.drop_column("outbox", "behind")
    op.drop_column("inbox", "retries")
