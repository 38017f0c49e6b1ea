"""Jupyter event schemas, and the way from the ledger's events to the browser."""
