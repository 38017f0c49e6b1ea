"""Alembic's entry: it runs the revisions on the connection that the upgrade hands over."""

from __future__ import annotations

from alembic import context

from mage_jlab.store.ledger.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
)
context.run_migrations()
