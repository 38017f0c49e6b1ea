"""What a new block starts with."""

from __future__ import annotations

from mage_jlab.domain.block import BlockTemplate, BlockType, Language, identifier
from mage_jlab.domain.errors import BadInputError
from mage_jlab.store.chart_templates import PRESETS

_BODIES = {
    BlockType.DATA_LOADER: ("**kwargs", "    return pd.DataFrame()", "import pandas as pd\n\n"),
    BlockType.TRANSFORMER: ("data, **kwargs", "    return data", ""),
    BlockType.DATA_EXPORTER: ("data, **kwargs", '    print(f"{len(data)} rows")', ""),
    BlockType.SENSOR: ("**kwargs", "    return True", ""),
    BlockType.CUSTOM: ("*args, **kwargs", "    return None", ""),
    BlockType.CHART: ("data, **kwargs", "    return data.plot().figure", ""),
    BlockType.CALLBACK: ("**kwargs", '    print(kwargs["parent_block_uuid"], "is done")', ""),
    BlockType.CONDITIONAL: ("*args, **kwargs", "    return True", ""),
}


_QUERY = """\
-- Runs on DuckDB; `data_provider` in the block's configuration names another database.
-- A result of a block above is a table under its name or its block's; {{ df_1 }} is the first's.
-- {{ ds }} is the run's day; runtime variables stand so too: bound as values, never pasted.
SELECT *
FROM {{ df_1 }}
"""

_SQL = {
    BlockType.DATA_LOADER: """\
-- Runs on DuckDB; `data_provider` and `data_provider_profile` in the block's configuration name
-- another database and its profile in io_config.yaml.
-- {{ ds }} is the run's day; runtime variables stand so too: bound as values, never pasted.
SELECT {{ execution_date }} AS loaded_at, 1 AS one
""",
    BlockType.DATA_EXPORTER: """\
-- `data_provider` and `data_provider_profile` in the block's configuration name the database, and
-- `data_provider_table` the table that the rows are written to; `export_write_policy` is append,
-- replace or fail. {{ df_1 }} is the result of the first block above.
SELECT *
FROM {{ df_1 }}
""",
}

_YAML = {
    BlockType.DATA_LOADER: """\
# Reads one thing: `file:` (CSV, Parquet, JSON, Arrow; relative to the notebook's folder), `table:`
# or `query:`. A table needs `database:` (a DuckDB file), or `data_provider:` and
# `data_provider_profile:` (a profile in io_config.yaml). {{ ds }} is the run's day; runtime
# variables stand so too.
query: SELECT {{ execution_date }} AS loaded_at, 1 AS one
""",
    BlockType.DATA_EXPORTER: """\
# Writes what the block above gave to one place: `file:` (CSV, Parquet, JSON, Arrow; relative to
# the notebook's folder) or `table:` with `database:` (a DuckDB file), or `data_provider:` and
# `data_provider_profile:` (a profile in io_config.yaml); `export_write_policy:` is append, replace
# or fail. {{ ds }} is the run's day; runtime variables stand so too.
file: exported/{{ block_uuid }}.csv
""",
}

_R_HEAD = """\
# df_1, df_2 ... are what the blocks above gave, in their order; data frames arrive as such.
# Runtime variables stand under their names and in global_vars[["name"]]; ds is the run's day.
"""

_R = {
    BlockType.DATA_LOADER: """\
# Runtime variables stand under their names and in global_vars[["name"]]; ds is the run's day.
# What the function returns is handed on: a data frame, a vector or a list.
load_data <- function() {
  data.frame(day = as.Date(ds), value = 1)
}
""",
    BlockType.TRANSFORMER: _R_HEAD
    + "transform <- function(df_1, ...) {\n  df_1[complete.cases(df_1), ]\n}\n",
    BlockType.DATA_EXPORTER: _R_HEAD
    + 'export_data <- function(df_1, ...) {\n  write.csv(df_1, "out.csv", row.names = FALSE)\n}\n',
    BlockType.CHART: _R_HEAD
    + "# Plots are kept with the run.\nchart <- function(df_1, ...) {\n"
    + "  plot(Filter(is.numeric, df_1))\n}\n",
    BlockType.CUSTOM: _R_HEAD + "custom <- function(...) {\n  list(...)\n}\n",
}


PLAIN = "plain"
"""The template that each type and language has first."""

_LANGUAGES = {
    BlockType.DATA_LOADER: (Language.PYTHON, Language.SQL, Language.R, Language.YAML),
    BlockType.TRANSFORMER: (Language.PYTHON, Language.SQL, Language.R),
    BlockType.DATA_EXPORTER: (Language.PYTHON, Language.SQL, Language.R, Language.YAML),
    BlockType.CUSTOM: (Language.PYTHON, Language.SQL, Language.R),
    BlockType.CHART: (Language.PYTHON, Language.R),
    BlockType.MARKDOWN: (Language.MARKDOWN,),
}


def templates() -> list[BlockTemplate]:
    """Give what a new block can start with: one for each type and language, then the charts'."""
    titles = {Language.SQL: "SQL", Language.R: "R", Language.YAML: "YAML"}
    plain = [
        BlockTemplate(
            type=type_,
            language=language,
            name=PLAIN,
            title=titles.get(language, language.value.capitalize()),
            description=f"A {type_.value.replace('_', ' ')} that runs as it is.",
        )
        for type_ in BlockType
        for language in _LANGUAGES.get(type_, (Language.PYTHON,))
    ]
    charts = [
        BlockTemplate(
            type=BlockType.CHART,
            language=Language.PYTHON,
            name=name,
            title=preset.title,
            description=preset.description,
        )
        for name, preset in PRESETS.items()
    ]
    return plain + charts


def block_template(
    type_: BlockType, name: str, language: Language, template: str | None = None
) -> str:
    """Give the text that a new block's file starts with.

    Args:
        type_: the block's type.
        name: the block's name; its last part names the function.
        language: the file's language.
        template: the name of one of :func:`templates`, by default the first.

    Raises:
        BadInputError: when there is no such template for this type and language.
    """
    if template is not None and template != PLAIN:
        if type_ is BlockType.CHART and language is Language.PYTHON and template in PRESETS:
            return PRESETS[template].code
        names = [t.name for t in templates() if (t.type, t.language) == (type_, language)]
        raise BadInputError(
            f"There is no template {template!r} for a {type_.value} in {language.value}; "
            f"there are: {', '.join(names) or 'none'}."
        )
    if language is Language.SQL:
        return _SQL.get(type_, _QUERY)
    if language is Language.R:
        return _R.get(type_, _R[BlockType.CUSTOM])
    if language is Language.YAML:
        return _YAML.get(type_, "{}\n")
    if language is Language.MARKDOWN:
        return f"# {name}\n"
    if type_ not in _BODIES:
        return ""
    arguments, body, imports = _BODIES[type_]
    function = identifier(name.rsplit("/", 1)[-1]) or type_.value
    decorator = type_.decorator
    marked = '@callback("success")' if type_ is BlockType.CALLBACK else f"@{decorator}"
    return (
        f'{imports}if "{decorator}" not in globals():\n    from mage_jlab import {decorator}\n\n\n'
        f"{marked}\ndef {function}({arguments}):\n{body}\n"
    )
