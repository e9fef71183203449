"""Where else a card of an inquiry stands, and by what day what was asked and done is found."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "card_copies",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("of", sa.String(length=300), nullable=False),
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("service", sa.String(length=20), nullable=False),
        sa.Column("tenant", sa.String(length=100), nullable=False),
        sa.Column("account", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_copies")),
        sa.UniqueConstraint("key", name=op.f("uq_card_copies_key")),
        sa.UniqueConstraint(
            "of",
            "service",
            "tenant",
            "account",
            name=op.f("uq_card_copies_of_service_tenant_account"),
        ),
    )
    op.create_index("ix_questions_asked_at", "questions", ["asked_at"], unique=False)
    op.create_index(op.f("ix_case_steps_at"), "case_steps", ["at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_case_steps_at"), table_name="case_steps")
    op.drop_index("ix_questions_asked_at", table_name="questions")
    op.drop_table("card_copies")
