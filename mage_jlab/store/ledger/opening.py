"""Projects that this engine knows: those that somebody has opened."""

from __future__ import annotations

from sqlalchemy import bindparam, insert, select, update

from mage_jlab.domain.project import project_id
from mage_jlab.store.ledger.tables import project
from mage_jlab.store.ledger.transaction import Transaction

_FIND = select(project).where(project.c.id == bindparam("p"))


def open_project(tx: Transaction, uuid: str, place: str, name: str, data_root: str) -> str:
    """Make a project known, or bring its name and folders up to date; gives its id."""
    found_id = project_id(uuid, place)
    row = tx.execute(_FIND, {"p": found_id}).first()
    values = {"name": name, "data_root": data_root}
    if row is None:
        tx.execute(
            insert(project),
            {**values, "id": found_id, "uuid": uuid, "place": place, "opened_at": tx.now},
        )
        tx.event("project", project=found_id, state="opened")
    elif (row.name, row.data_root) != (name, data_root):
        tx.execute(update(project).where(project.c.id == found_id).values(**values))
    return found_id


def place_of(tx: Transaction, found_id: str) -> str | None:
    """Give a project's folder, None when it is not known."""
    row = tx.execute(_FIND, {"p": found_id}).first()
    return None if row is None else str(row.place)
