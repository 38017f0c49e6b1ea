"""Charts that are there ready-made: code and configuration of Mage AI's kind (mage-format §8)."""

from __future__ import annotations

from dataclasses import dataclass

_CONFIGURATION = """
@configuration
def configure(*frames):
    return {settings}
"""

_DRAWN = """\
# Change the names of the columns here; df_1 is the frame of the block above.
@configuration
def configure(df):
    text = [c for c in df.columns if df[c].dtype.kind not in "ifuM"] or list(df.columns)
    numbers = [c for c in df.columns if df[c].dtype.kind in "ifu"] or list(df.columns)
    times = [c for c in df.columns if df[c].dtype.kind == "M"] or list(df.columns)
    return {settings}
"""

_FRAME = """\
# df_1 is the frame of the block above; each line below is one bar.
x = list(df_1.columns)
y = {values}
"""


@dataclass(frozen=True)
class Preset:
    """One ready-made chart: its title, what it shows, and the text of its file."""

    title: str
    description: str
    code: str


def _chart(title: str, description: str, settings: str) -> Preset:
    return Preset(title, description, _DRAWN.replace("{settings}", settings))


def _bars(title: str, description: str, values: str, label: str) -> Preset:
    settings = f'{{"chart_type": "bar chart", "x": "x", "y": "y", "y_axis_label": "{label}"}}'
    code = (
        _FRAME.replace("{values}", values) + "\n" + _CONFIGURATION.replace("{settings}", settings)
    )
    return Preset(title, description, code)


def _table(title: str, description: str, code: str) -> Preset:
    settings = '{"chart_type": "table", "x": "x", "y": "y", "limit": 1000}'
    return Preset(title, description, code + "\n" + _CONFIGURATION.replace("{settings}", settings))


PRESETS: dict[str, Preset] = {
    "bar_chart": _chart(
        "Bar chart",
        "How many rows each value of a column has.",
        '{"chart_type": "bar chart", "group_by": text[:1], "limit": 20,\n'
        '            "metrics": [{"aggregation": "count", "column": text[0]}],\n'
        '            "y_sort_order": "descending"}',
    ),
    "line_chart": _chart(
        "Line chart",
        "One column over another.",
        '{"chart_type": "line chart", "x": df.columns[0], "y": numbers[-1]}',
    ),
    "area_chart": _chart(
        "Area chart",
        "One column over another, filled.",
        '{"chart_type": "area chart", "x": df.columns[0], "y": numbers[-1]}',
    ),
    "scatter_plot": _chart(
        "Scatter plot",
        "Two columns as points.",
        '{"chart_type": "scatter plot", "x": numbers[0], "y": numbers[-1]}',
    ),
    "histogram": _chart(
        "Histogram",
        "How a column's values are spread.",
        '{"chart_type": "histogram", "x": numbers[0], "buckets": 40}',
    ),
    "pie_chart": _chart(
        "Pie chart",
        "The share of each value of a column.",
        '{"chart_type": "pie chart", "x": text[0], "buckets": 10}',
    ),
    "table": _chart("Table", "The first rows.", '{"chart_type": "table", "limit": 10}'),
    "time_series_bar_chart": _chart(
        "Time series bar chart",
        "Rows by time.",
        '{"chart_type": "time series bar chart", "group_by": times[:1],\n'
        '            "metrics": [{"aggregation": "count", "column": times[0]}]}',
    ),
    "time_series_line_chart": _chart(
        "Time series line chart",
        "A column's mean by time.",
        '{"chart_type": "time series line chart", "group_by": times[:1],\n'
        '            "metrics": [{"aggregation": "average", "column": numbers[0]}]}',
    ),
    "unique_values": _bars(
        "Percentage of unique values",
        "For each column, how many of its values differ.",
        "[100 * df_1[c].nunique() / max(len(df_1), 1) for c in x]",
        "% unique",
    ),
    "missing_values": _bars(
        "Missing values",
        "For each column, how many of its values are missing.",
        "[100 * df_1[c].isna().mean() if len(df_1) else 0 for c in x]",
        "% missing",
    ),
    "most_frequent_values": _table(
        "Most frequent values",
        "For each column, its most frequent value and how often it stands.",
        """\
# df_1 is the frame of the block above.
counts = {c: df_1[c].value_counts().head(1) for c in df_1.columns}
x = ["column", "value", "rows", "% of rows"]
y = [
    [c, top.index[0], int(top.iloc[0]), round(100 * top.iloc[0] / len(df_1), 2)]
    for c, top in counts.items()
    if len(top)
]
""",
    ),
    "summary_overview": _table(
        "Summary overview",
        "Rows, columns, doubles and missing cells of the frame.",
        """\
# df_1 is the frame of the block above.
x = ["measure", "value"]
y = [
    ["rows", len(df_1)],
    ["columns", len(df_1.columns)],
    ["numeric columns", len(df_1.select_dtypes("number").columns)],
    ["missing cells", int(df_1.isna().sum().sum())],
    ["repeated rows", int(df_1.duplicated().sum())],
]
""",
    ),
    "feature_profiles": _table(
        "Feature profiles",
        "For each column: type, distinct and missing values, least, greatest, mean.",
        """\
# df_1 is the frame of the block above.
numbers = set(df_1.select_dtypes("number").columns)
x = ["column", "type", "distinct", "missing", "min", "max", "mean"]
y = [
    [c, str(df_1[c].dtype), df_1[c].nunique(), int(df_1[c].isna().sum())]
    + ([df_1[c].min(), df_1[c].max(), df_1[c].mean()] if c in numbers else [None, None, None])
    for c in df_1.columns
]
""",
    ),
}
"""Every ready-made chart by its name."""
