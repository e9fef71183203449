"""Which week each desk was told of."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "weekly_reports",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("desk", sa.String(length=100), nullable=False),
        sa.Column("week", sa.String(length=10), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weekly_reports")),
        sa.UniqueConstraint("desk", "week", name=op.f("uq_weekly_reports_desk_week")),
    )


def downgrade() -> None:
    op.drop_table("weekly_reports")
