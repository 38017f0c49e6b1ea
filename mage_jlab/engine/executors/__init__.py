"""Where attempts run: on this machine's warm workers, or elsewhere behind the same interface."""
