"""Cells to blocks and back: tags, names, export, sync."""
