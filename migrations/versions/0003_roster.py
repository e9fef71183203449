"""The roster: who holds which position from when to when, and people's e-mail addresses."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ROLES = "'official', 'desk_officer', 'approver', 'deputy_cio', 'administrator'"
NEW_ROLES = "'personnel_officer', 'head_of_desk'"


def upgrade() -> None:
    op.add_column("people", sa.Column("email", sa.String(length=254), nullable=True))
    op.create_index("ux_people_email", "people", ["email"], unique=True)
    _make_person_roles_again(f"{ROLES}, {NEW_ROLES}")
    op.create_table(
        "positions",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("ministry", sa.String(length=100), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.CheckConstraint(f"role IN ({ROLES}, {NEW_ROLES})", name=op.f("ck_positions_role")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_positions")),
        sa.UniqueConstraint(
            "ministry", "title", "role", name=op.f("uq_positions_ministry_title_role")
        ),
    )
    op.create_table(
        "holdings",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("position_id", SERIAL, nullable=False),
        sa.Column("person_id", SERIAL, nullable=False),
        sa.Column("how", sa.String(length=20), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "how IN ('regular', 'concurrent', 'acting', 'delegate')", name=op.f("ck_holdings_how")
        ),
        sa.CheckConstraint("until IS NULL OR until >= since", name=op.f("ck_holdings_until")),
        sa.ForeignKeyConstraint(
            ["position_id"], ["positions.id"], name=op.f("fk_holdings_position_id_positions")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_holdings_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holdings")),
        sa.UniqueConstraint(
            "position_id",
            "person_id",
            "since",
            name=op.f("uq_holdings_position_id_person_id_since"),
        ),
    )
    op.create_index(op.f("ix_holdings_person_id"), "holdings", ["person_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_holdings_person_id"), table_name="holdings")
    op.drop_table("holdings")
    op.drop_table("positions")
    op.execute(f"DELETE FROM person_roles WHERE role IN ({NEW_ROLES})")  # noqa: S608
    _make_person_roles_again(ROLES)
    op.drop_index("ux_people_email", table_name="people")
    op.drop_column("people", "email")


def _make_person_roles_again(roles: str) -> None:
    """With other roles allowed: SQLite cannot change a CHECK."""
    op.execute("CREATE TEMPORARY TABLE kept AS SELECT person_id, role FROM person_roles")
    op.drop_table("person_roles")
    op.create_table(
        "person_roles",
        sa.Column("person_id", SERIAL, nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.CheckConstraint(f"role IN ({roles})", name=op.f("ck_person_roles_role")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_person_roles_person_id_people")
        ),
        sa.PrimaryKeyConstraint("person_id", "role", name=op.f("pk_person_roles")),
    )
    op.execute("INSERT INTO person_roles (person_id, role) SELECT person_id, role FROM kept")
    op.execute("DROP TABLE kept")
