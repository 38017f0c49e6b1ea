"""R blocks: a warm R process, and values that go to it and come back with types."""
