"""The ledger's schema, step by step: Alembic revisions, run by the engine under its lock."""
