"""Charts and other languages in real runs (mage-format §4.5, §8)."""

from __future__ import annotations

import pytest

from .conftest import Stage

LOAD = "import pandas as pd\nreturn pd.DataFrame({'a': range(%d)})"
# a source with a decorator is taken as it stands
HISTOGRAM = """
@configuration
def configure(df):
    return {"chart_type": "histogram", "x": "a", "buckets": 1}
"""


def test_a_chart_is_drawn_anew_by_each_run(stage: Stage) -> None:
    for rows in (3, 5):
        stage.write(
            "drawn",
            {
                "drawn_load": ("data_loader", LOAD % rows, []),
                "drawn_chart": ("chart", HISTOGRAM, ["drawn_load"]),
            },
        )
        ran = stage.run("drawn")
        assert ran.state == "success"
        assert [row["rows"] for row in ran.value("drawn_chart")["data"]["values"]] == [rows]


def test_a_chart_that_fails_fails_no_run(stage: Stage) -> None:
    stage.write(
        "amiss",
        {
            "amiss_load": ("data_loader", LOAD % 1, []),
            "amiss_chart": ("chart", HISTOGRAM, ["amiss_load"]),
        },
        {"amiss_chart": {"configuration": {"x": "nothing"}}},
    )
    ran = stage.run("amiss")
    assert ran.state == "success"
    assert ran.states["amiss_chart"] == "failed"
    kind, message = ran.error("amiss_chart")
    assert kind == "WrongConfiguration"
    assert "there is no column 'nothing'; there are: a" in message


@pytest.mark.parametrize(
    ("language", "file", "text"),
    [
        ("sql", "fan_sql.sql", "SELECT price * 2 AS b FROM {{ df_1 }}\n"),
        ("r", "fan_r.r", "transform <- function(df_1, ...) data.frame(b = df_1$price * 2L)\n"),
    ],
)
def test_other_languages_run_once_for_each_item(
    stage: Stage, language: str, file: str, text: str
) -> None:
    name = f"fan_{language}"
    source = "import pandas as pd\nreturn [[pd.DataFrame({'price': [n]}) for n in (1, 2, 3)]]"
    stage.write(
        name,
        {f"{name}_load": ("data_loader", source, []), name: ("transformer", "", [f"{name}_load"])},
        {
            f"{name}_load": {"configuration": {"dynamic": True}},
            name: {"language": language, "file": True},
        },
    )
    folder = stage.place / "transformers"
    folder.mkdir(exist_ok=True)
    (folder / file).write_text(text)
    ran = stage.run(name)
    assert ran.state == "success"
    assert [frame["b"].tolist() for frame in ran.values(name)] == [[2], [4], [6]]
