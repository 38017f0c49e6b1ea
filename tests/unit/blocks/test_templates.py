"""What new blocks start with runs as it is, in Python and in SQL (R's are tried with R's)."""

from __future__ import annotations

import pytest

from mage_jlab.domain.attempt import OutcomeKind
from mage_jlab.domain.block import BlockType, Language
from mage_jlab.domain.errors import BadInputError
from mage_jlab.store.block_templates import block_template, templates

FRAME = """
import pandas as pd
@data_loader
def load():
    return pd.DataFrame({"a": [1, 2]})
"""
RUN = [t.type for t in templates() if t.language is Language.PYTHON and t.name == "plain"]


@pytest.mark.parametrize("type_", [type_ for type_ in RUN if type_.runs])
def test_a_python_template_runs_as_it_is(workshop, type_):
    alone = type_ in (BlockType.DATA_LOADER, BlockType.SENSOR, BlockType.CALLBACK)
    above = {} if alone else {"up": list(workshop.good(FRAME, "data_loader").values())}
    source = block_template(type_, "team/first one", Language.PYTHON)
    ended = workshop.run(source, type_.value, above=above)
    assert ended.kind is OutcomeKind.SUCCESS, ended.error
    if type_ is BlockType.CONDITIONAL:
        assert ended.condition is True
    if type_ is BlockType.CHART:
        assert {product.name: product.type for product in ended.products}["output_0"] == "figure"


def test_every_type_has_a_plain_template_and_no_name_stands_twice():
    keys = [(t.type, t.language, t.name) for t in templates()]
    assert len(keys) == len(set(keys))
    assert {t.type for t in templates() if t.name == "plain"} == set(BlockType)


def test_an_unknown_template_is_refused_with_those_there_are():
    with pytest.raises(BadInputError, match="'magic' for a sensor in python; there are: plain"):
        block_template(BlockType.SENSOR, "s", Language.PYTHON, "magic")
    with pytest.raises(BadInputError, match="there are: plain"):
        block_template(BlockType.CHART, "s", Language.R, "histogram")
