"""Accounts whose owner was looked up at their chat service, and what came of it."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

INSTANT = sa.DateTime(timezone=True)
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "account_lookups",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("service", sa.String(length=20), nullable=False),
        sa.Column("tenant", sa.String(length=100), nullable=False),
        sa.Column("account", sa.String(length=200), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("found", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_lookups")),
        sa.UniqueConstraint(
            "service", "tenant", "account", name=op.f("uq_account_lookups_service_tenant_account")
        ),
    )


def downgrade() -> None:
    op.drop_table("account_lookups")
