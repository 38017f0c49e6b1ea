"""Time and processes: what fires, claims, runs and recovers."""
