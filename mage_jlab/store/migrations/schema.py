"""Which schema a ledger has, and the way up to this version's."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from mage_jlab.domain.errors import ConflictError

HEAD = "0003"
"""The newest revision: the schema that this version of mage_jlab reads and writes."""


def revision(connection: Connection) -> str | None:
    """Give the revision of a ledger, None when it has no tables yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def check(found: str | None) -> None:
    """Refuse a ledger that a newer version wrote.

    Raises:
        ConflictError: when its schema is not known here.
    """
    if found is not None and not (found.isdigit() and int(found) <= int(HEAD)):
        raise ConflictError(
            f"The ledger was written by a newer mage_jlab (schema {found}, this version knows "
            f"{HEAD}). Install that version, or point MAGE_JLAB_STATE_DIR at another folder.",
            "newer-schema",
        )


def upgrade(engine: Engine) -> None:
    """Bring a ledger up to this version's schema; does nothing when it has it.

    Raises:
        ConflictError: when its schema is newer.
    """
    with engine.connect() as connection:
        found = revision(connection)
    check(found)
    if found == HEAD:
        return
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, HEAD)
