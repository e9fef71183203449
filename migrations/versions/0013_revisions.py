"""Articles in revisions: returned with a reason, proposed again, and of a ministry's own."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

INSTANT = sa.DateTime(timezone=True)
COLUMNS: tuple[tuple[str, Any, str | None], ...] = (
    ("article", sa.String(length=100), None),
    ("revision", sa.Integer(), "1"),
    ("proposed_at", INSTANT, None),
    ("detail", sa.Text(), None),
    ("scope", sa.Text(), None),
    ("settler_service", sa.String(length=20), None),
    ("settler_tenant", sa.String(length=100), None),
    ("settler_account", sa.String(length=200), None),
    ("settled_at", INSTANT, None),
    ("reason", sa.Text(), None),
)
# What the version before knows no name for is to it what was let go.
RETURNED = "UPDATE drafts SET verdict = 'rejected' WHERE verdict = 'returned'"
UNNUMBERED = "UPDATE drafts SET verdict = 'rejected', number = '' WHERE number IS NULL"


def upgrade() -> None:
    with op.batch_alter_table("drafts") as drafts:
        for name, kind, default in COLUMNS:
            given = sa.text(default) if default else None
            drafts.add_column(sa.Column(name, kind, nullable=default is None, server_default=given))
        drafts.alter_column("number", existing_type=sa.String(length=20), nullable=True)
        drafts.create_unique_constraint(op.f("uq_drafts_article_revision"), ["article", "revision"])
        drafts.drop_constraint(op.f("ck_drafts_verdict"), type_="check")
        drafts.create_check_constraint(
            op.f("ck_drafts_verdict"), "verdict IN ('proposed', 'returned', 'approved', 'rejected')"
        )


def downgrade() -> None:
    op.execute(sa.text(RETURNED))
    op.execute(sa.text(UNNUMBERED))
    with op.batch_alter_table("drafts") as drafts:
        drafts.drop_constraint(op.f("ck_drafts_verdict"), type_="check")
        drafts.create_check_constraint(
            op.f("ck_drafts_verdict"), "verdict IN ('proposed', 'approved', 'rejected')"
        )
        drafts.drop_constraint(op.f("uq_drafts_article_revision"), type_="unique")
        drafts.alter_column("number", existing_type=sa.String(length=20), nullable=False)
        for name, _kind, _default in reversed(COLUMNS):
            drafts.drop_column(name)
