"""The HTTP surface, thin."""
