"""How much of the audit log is not sealed yet: what all replicas share."""

from __future__ import annotations

from bot.audit import records
from bot.database.engine import Database, DatabaseError
from bot.metrics import Depth


def read_depths(database: Database) -> tuple[Depth, ...]:
    """The figure of the database now; none where it is away."""
    try:
        with database.read() as tx:
            unsealed = records.count_unsealed(tx)
    except DatabaseError:
        return ()
    told = "Rows of the audit log that are in no chain yet"
    return (("audit_unsealed", told, {"": float(unsealed)}),)
