"""The ledger: the database of what ran, runs and will run."""
