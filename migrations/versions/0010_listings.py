"""Lists of inquiries that somebody opened, and where in them they are."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

INSTANT = sa.DateTime(timezone=True)
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PARTS = "'open', 'overdue', 'due_today', 'mine', 'unassigned', 'taken', 'answered', 'closed', 'all'"


def upgrade() -> None:
    op.create_table(
        "listings",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("service", sa.String(length=20), nullable=False),
        sa.Column("tenant", sa.String(length=100), nullable=False),
        sa.Column("account", sa.String(length=200), nullable=False),
        sa.Column("part", sa.String(length=20), nullable=False),
        sa.Column("order", sa.String(length=20), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.CheckConstraint(f"part IN ({PARTS})", name=op.f("ck_listings_part")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listings")),
        sa.UniqueConstraint("token", name=op.f("uq_listings_token")),
    )


def downgrade() -> None:
    op.drop_table("listings")
