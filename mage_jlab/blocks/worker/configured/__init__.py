"""Blocks written in YAML: a file or a table that is read, or that a frame is written to."""
