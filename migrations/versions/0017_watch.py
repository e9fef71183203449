"""What became of articles' sources, who looked articles through, and what was told of it."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

INSTANT = sa.DateTime(timezone=True)
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "amendments",
        sa.Column("number", SERIAL, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("amended_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("marked_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_amendments")),
    )
    op.create_table(
        "reviews",
        sa.Column("number", SERIAL, nullable=False),
        sa.Column("article_id", sa.String(length=100), nullable=False),
        sa.Column("was", sa.Date(), nullable=False),
        sa.Column("review_by", sa.Date(), nullable=False),
        sa.Column("amendment", sa.BigInteger(), nullable=False),
        sa.Column("reviewed_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_reviews")),
    )
    op.create_index(op.f("ix_reviews_article_id"), "reviews", ["article_id"])
    op.create_table(
        "stale_notices",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("told_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stale_notices")),
        sa.UniqueConstraint("key", name=op.f("uq_stale_notices_key")),
    )


def downgrade() -> None:
    op.drop_table("stale_notices")
    op.drop_index(op.f("ix_reviews_article_id"), table_name="reviews")
    op.drop_table("reviews")
    op.drop_table("amendments")
