"""What goes out where a post is refused for good: the same another way, or word that it is lost."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    # Null for code of the version before, which knows of no other way.
    op.add_column("outbox", sa.Column("instead", sa.Text(), nullable=True))
    op.add_column("outbox", sa.Column("lost", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("outbox", "lost")
    op.drop_column("outbox", "instead")
