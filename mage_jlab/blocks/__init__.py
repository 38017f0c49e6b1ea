"""Running one block."""
