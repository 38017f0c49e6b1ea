"""R blocks: an R process that stays warm, and values that go to it and come back with their types."""
