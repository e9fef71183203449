"""The people behind the answers: stages, steps, replies and proposed articles of inquiries."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

INSTANT = sa.DateTime(timezone=True)
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WAITING = """
INSERT INTO cases (number, question, stage)
SELECT inquiries.number, questions.token, 'waiting'
FROM inquiries JOIN questions ON questions.id = inquiries.question_id
ORDER BY inquiries.id
"""


def upgrade() -> None:
    op.create_table(
        "case_steps",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column("service", sa.String(length=20), nullable=False),
        sa.Column("tenant", sa.String(length=100), nullable=False),
        sa.Column("account", sa.String(length=200), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "step IN ('escalated', 'taken_over', 'handed_back', 'replied', 'settled', "
            "'reopened', 'proposed', 'approved', 'rejected')",
            name=op.f("ck_case_steps_step"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_steps")),
    )
    op.create_index(op.f("ix_case_steps_number"), "case_steps", ["number"], unique=False)
    op.create_table(
        "cases",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("question", sa.String(length=32), nullable=False),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("holder_service", sa.String(length=20), nullable=True),
        sa.Column("holder_tenant", sa.String(length=100), nullable=True),
        sa.Column("holder_account", sa.String(length=200), nullable=True),
        sa.Column("office", sa.String(length=100), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("notices", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.CheckConstraint(
            "stage IN ('waiting', 'taken', 'answered', 'closed')", name=op.f("ck_cases_stage")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("number", name=op.f("uq_cases_number")),
        sa.UniqueConstraint("question", name=op.f("uq_cases_question")),
    )
    op.create_index(
        "ix_cases_open",
        "cases",
        ["due_on"],
        unique=False,
        sqlite_where=sa.text("stage IN ('waiting', 'taken')"),
        postgresql_where=sa.text("stage IN ('waiting', 'taken')"),
    )
    op.create_table(
        "drafts",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("service", sa.String(length=20), nullable=False),
        sa.Column("tenant", sa.String(length=100), nullable=False),
        sa.Column("account", sa.String(length=200), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("questions", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("applies_to", sa.Text(), nullable=False),
        sa.Column("in_force", sa.Date(), nullable=True),
        sa.Column("review_by", sa.Date(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.CheckConstraint(
            "verdict IN ('proposed', 'approved', 'rejected')", name=op.f("ck_drafts_verdict")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
        sa.UniqueConstraint("token", name=op.f("uq_drafts_token")),
    )
    op.create_index(op.f("ix_drafts_number"), "drafts", ["number"], unique=False)
    op.create_table(
        "replies",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("standing", sa.String(length=10), nullable=False),
        sa.Column("office", sa.String(length=100), nullable=False),
        sa.Column("sent_at", INSTANT, nullable=False),
        sa.CheckConstraint("standing IN ('advice', 'official')", name=op.f("ck_replies_standing")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replies")),
        sa.UniqueConstraint("token", name=op.f("uq_replies_token")),
    )
    op.create_index(op.f("ix_replies_number"), "replies", ["number"], unique=False)
    # What was referred to the desk before has been waiting ever since.
    op.execute(sa.text(WAITING))


def downgrade() -> None:
    op.drop_index(op.f("ix_replies_number"), table_name="replies")
    op.drop_table("replies")
    op.drop_index(op.f("ix_drafts_number"), table_name="drafts")
    op.drop_table("drafts")
    op.drop_index(
        "ix_cases_open",
        table_name="cases",
        sqlite_where=sa.text("stage IN ('waiting', 'taken')"),
        postgresql_where=sa.text("stage IN ('waiting', 'taken')"),
    )
    op.drop_table("cases")
    op.drop_index(op.f("ix_case_steps_number"), table_name="case_steps")
    op.drop_table("case_steps")
