"""Which desk has an inquiry; null: the common one, as of all that were referred before."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("cases", sa.Column("desk", sa.String(length=100), nullable=True))


def downgrade() -> None:
    op.drop_column("cases", "desk")
