"""All that lasts: projects, snapshots, data products, and the ledger."""
