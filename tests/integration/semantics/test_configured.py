"""YAML blocks in real runs: made by the service, above and below a Python block."""

from __future__ import annotations

import pytest

from .conftest import Stage

SALES = "market,amount\nCA,1.5\nDE,4.0\nCA,2.5\n"


def test_yaml_blocks_load_and_export_around_a_python_block(stage: Stage) -> None:
    (stage.place / "sales.csv").write_text(SALES)
    blocks = {
        "yaml_load": ("data_loader", "", []),
        "yaml_total": (
            "transformer",
            "return args[0].groupby('market', as_index=False).sum()",
            ["yaml_load"],
        ),
        "yaml_publish": ("data_exporter", "", ["yaml_total"]),
        "yaml_again": ("data_loader", "", ["yaml_publish"]),
    }
    own = {name: {"language": "yaml"} for name in blocks if name != "yaml_total"}
    stage.write("configured", blocks, own, variables={"name": "sales", "least": 1})
    texts = {
        "data_loaders/yaml_load.yaml": "file: {{ name }}.csv\n",
        "data_exporters/yaml_publish.yaml": (
            "table: totals\ndatabase: out.duckdb\nexport_write_policy: replace\n"
        ),
        "data_loaders/yaml_again.yaml": (
            "query: SELECT * FROM totals WHERE amount > {{ least }} ORDER BY market\n"
            "database: out.duckdb\n"
        ),
    }
    for file, text in texts.items():
        (stage.place / file).write_text(text)
    ran = stage.run("configured")
    assert ran.state == "success"
    assert ran.values("yaml_publish") == []
    assert ran.value("yaml_again").values.tolist() == [["CA", 4.0], ["DE", 4.0]]
    ran = stage.run("configured", variables={"name": "none"})
    kind, message = ran.error("yaml_load")
    assert kind == "NoFile"
    assert message.endswith("none.csv.")


@pytest.mark.parametrize("type_", ["data_loader", "data_exporter"])
def test_a_new_yaml_block_runs_as_it_is(stage: Stage, type_: str) -> None:
    name = f"fresh_{type_}"
    above = {f"{name}_above": ("data_loader", "return [{'a': 1}]", [])}
    stage.write(name, above if type_ == "data_exporter" else {})
    stage.services.blocks.new(
        stage.project, type_, name, language="yaml", pipeline=name,
        upstream=list(above) if type_ == "data_exporter" else [],
    )  # fmt: skip
    assert stage.run(name).state == "success"
    if type_ == "data_exporter":
        assert (stage.place / f"exported/{name}.csv").read_text() == "a\n1\n"
