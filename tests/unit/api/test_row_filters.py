"""The filters of a query, read or refused with a sentence."""

from __future__ import annotations

import pytest

from mage_jlab.api.row_filters import row_filters
from mage_jlab.domain.errors import BadInputError
from mage_jlab.domain.product_profile import FilterOp, RowFilter


def test_filters_are_a_json_list() -> None:
    assert row_filters(None) == []
    assert row_filters('[{"column": "n", "op": "ge", "value": 1}]') == [
        RowFilter(column="n", op=FilterOp.GE, value=1)
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("n > 1", "as a whole"),
        ("{}", "valid array"),
        ('[{"column": "n"}]', "0.op"),
        ('[{"column": "n", "op": "like"}]', "op is one of eq, ne, lt"),
    ],
)
def test_what_is_none_is_refused(text: str, said: str) -> None:
    with pytest.raises(BadInputError, match=said):
        row_filters(text)
