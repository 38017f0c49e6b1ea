"""Runs YAML blocks in this process, as the desk of SQL blocks does."""

from __future__ import annotations

from typing import Any

from tests.unit.blocks.sql.desk import Desk


class YamlDesk(Desk):
    """A desk whose texts are YAML blocks."""

    language = "yaml"

    def loaded(self, text: str, **options: Any) -> Any:
        """Run a loader and give its one result."""
        return self.result(text, type="data_loader", **options)

    def exported(self, text: str, value: Any, **options: Any) -> None:
        """Run an exporter below a block that gave a value; it has no result."""
        assert self.run(text, {"up": {"output_0": value}}, type="data_exporter", **options) == []
