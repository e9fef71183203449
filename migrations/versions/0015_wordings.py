"""Confirmed wordings: which are published, which wait, and who decided on them."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

INSTANT = sa.DateTime(timezone=True)
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WAITING = sa.text("judged_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "published_wordings",
        sa.Column("number", SERIAL, nullable=False),
        sa.Column("article_id", sa.String(length=100), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("published_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_published_wordings")),
    )
    op.create_index(op.f("ix_published_wordings_article_id"), "published_wordings", ["article_id"])
    op.create_table(
        "wording_decisions",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("article", sa.String(length=100), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("judgement", sa.String(length=10), nullable=False),
        sa.Column("service", sa.String(length=20), nullable=False),
        sa.Column("tenant", sa.String(length=100), nullable=False),
        sa.Column("account", sa.String(length=200), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "judgement IN ('added', 'dropped', 'withdrawn')",
            name=op.f("ck_wording_decisions_judgement"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wording_decisions")),
    )
    op.create_index(op.f("ix_wording_decisions_article"), "wording_decisions", ["article"])
    op.add_column("wordings", sa.Column("judged_at", INSTANT, nullable=True))
    op.create_index(
        "ix_wordings_waiting",
        "wordings",
        ["article"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )


def downgrade() -> None:
    op.drop_index(
        "ix_wordings_waiting",
        table_name="wordings",
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
    op.drop_column("wordings", "judged_at")
    op.drop_index(op.f("ix_wording_decisions_article"), table_name="wording_decisions")
    op.drop_table("wording_decisions")
    op.drop_index(op.f("ix_published_wordings_article_id"), table_name="published_wordings")
    op.drop_table("published_wordings")
