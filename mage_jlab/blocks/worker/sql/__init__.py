"""SQL blocks: templates, values that are bound and never pasted, DuckDB and other databases."""
