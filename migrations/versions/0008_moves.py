"""Inquiries that go from desk to desk: how often, and which desk had one after a step."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

FIRST = "'escalated', 'taken_over', 'handed_back'"
MOVES = "'handed_on', 'passed_up', 'passed_down'"
LAST = "'replied', 'settled', 'reopened', 'proposed', 'approved', 'rejected'"


def upgrade() -> None:
    op.add_column(
        "cases", sa.Column("moves", sa.Integer(), nullable=False, server_default=sa.text("0"))
    )
    op.add_column("case_steps", sa.Column("desk", sa.String(length=100), nullable=True))
    _allow(f"{FIRST}, {MOVES}, {LAST}")


def downgrade() -> None:
    op.execute(f"DELETE FROM case_steps WHERE step IN ({MOVES})")  # noqa: S608
    _allow(f"{FIRST}, {LAST}")
    op.drop_column("case_steps", "desk")
    op.drop_column("cases", "moves")


def _allow(steps: str) -> None:
    """Allow other steps; SQLite cannot change a CHECK: the table is made again, and without one."""
    with op.batch_alter_table("case_steps") as table:
        if op.get_context().dialect.name == "postgresql":
            table.drop_constraint(op.f("ck_case_steps_step"), type_="check")
        table.create_check_constraint(op.f("ck_case_steps_step"), f"step IN ({steps})")
