"""Alembic's entry: runs the versions on the connection that bot.database.versions opened."""

from alembic import context

import bot.app  # noqa: F401  # every table stands on the metadata once the bot is composed
from bot.database.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
