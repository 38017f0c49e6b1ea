"""Tables of YAML blocks on every database that runs here."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tests.unit.blocks.configured_desk import YamlDesk
from tests.unit.blocks.sql.desk import rows

FRAME = pd.DataFrame(
    {"Market": ["CA", None], "order": [1, 2], "at": pd.to_datetime(["2026-01-01"] * 2)}
)


@pytest.fixture
def yaml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, profiles: str) -> YamlDesk:
    monkeypatch.delenv("ENV", raising=False)
    monkeypatch.setenv("SHOP_PASSWORD", "pw")
    made = YamlDesk(tmp_path)
    made.profiles(profiles)
    return made


def test_a_table_is_replaced_appended_to_by_names_and_read(yaml: YamlDesk, provider: str) -> None:
    where = f"table: yaml_sales\ndata_provider: {provider}\n"
    yaml.exported(f"{where}export_write_policy: replace", FRAME)
    yaml.exported(where, FRAME[["order", "at", "Market"]])
    read = yaml.loaded(where)
    assert list(read.columns) == ["Market", "order", "at"]
    assert [row[:2] for row in rows(read)] == [("CA", 1), (None, 2)] * 2
    query = "query: SELECT count(*) AS n FROM yaml_sales WHERE {{ m }} = 'CA'\n"
    query += f"data_provider: {provider}\n"
    assert rows(yaml.loaded(query, variables={"m": "CA"})) == [(4,)]
    careful = f"{where}data_provider_profile: careful\n"
    error = yaml.error(careful, {"up": {"o": FRAME}}, type="data_exporter")
    assert error["type"] == "ReadOnly"
    assert len(yaml.loaded(careful)) == 4
