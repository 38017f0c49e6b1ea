"""Whatever values and frames hypothesis thinks of come back as they were."""

from __future__ import annotations

import string

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

labels = st.text(string.ascii_letters + "ü ", max_size=5)
cells = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(width=64) | st.text(max_size=5)
    | st.dates() | st.binary(max_size=5) | st.decimals(allow_nan=False, places=2),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)  # fmt: skip
columns = (
    st.lists(st.integers(-(2**63), 2**63 - 1), min_size=4, max_size=4)
    | st.lists(st.floats(), min_size=4, max_size=4)
    | st.lists(st.none() | st.text(max_size=5), min_size=4, max_size=4)
    | st.lists(cells, min_size=4, max_size=4).map(lambda c: pd.Series(c, dtype=object))
    | st.lists(st.sampled_from(["a", "b", None]), min_size=4, max_size=4).map(pd.Categorical)
    | st.lists(
        st.none() | st.datetimes(pd.Timestamp("1900"), pd.Timestamp("2200")),
        min_size=4,
        max_size=4,
    )
)


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(frame=st.dictionaries(labels, columns, max_size=4).map(lambda data: pd.DataFrame(data)))
def test_any_frame(codec, same_frame, frame):
    same_frame(codec.again(frame), frame)


@settings(max_examples=150, deadline=None)
@given(value=cells)
def test_any_value(codec, value):
    again = codec.again(value)
    assert type(again) is type(value)
    assert repr(again) == repr(value)
