"""Portraits: what must be equal shows in them, and what may differ does not."""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Callable
from typing import Any

import matplotlib.figure
import numpy as np
import pandas as pd
import plotly.graph_objects
import pytest
from sklearn.linear_model import LinearRegression

from tests.fidelity.portrait import difference, digest, portrait, public


class Row:
    """As a cell might define it."""

    def __init__(self, size: float) -> None:
        self.size = size
        self._cache = object()


def _frame(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame({"a": [1, 2], "b": ["x", None], **columns})


def _drawing(height: float) -> matplotlib.figure.Figure:
    figure = matplotlib.figure.Figure()
    figure.subplots().plot([1, 2, height])
    return figure


def _model(slope: float) -> LinearRegression:
    return LinearRegression().fit(np.arange(4).reshape(-1, 1), slope * np.arange(4))


DIFFERENT: list[tuple[Any, Any]] = [
    (1, 1.0),
    (1, True),
    (0.0, -0.0),
    (0.1 + 0.2, 0.3),
    ([1, 2], (1, 2)),
    ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
    (list(range(300)), [*range(299), 300]),
    ({1, 2}, {1, 3}),
    (np.array([1, 2]), np.array([1, 2], dtype="int32")),
    (np.zeros(90), np.append(np.zeros(89), 1e-300)),
    (np.zeros((2, 3)), np.zeros((3, 2))),
    (np.array([1, "a"], dtype=object), np.array([1, "b"], dtype=object)),
    (np.float64(1), 1.0),
    (_frame(), _frame(c=0)),
    (_frame(), _frame().set_index("a", drop=False)),
    (_frame(), _frame().astype({"a": "float"})),
    (pd.Series([1], name="a"), pd.Series([1], name="b")),
    (pd.Series(["a", "b"], dtype="category"), pd.Series(["a", "b"])),
    (pd.Timestamp("2026-01-01"), pd.Timestamp("2026-01-01", tz="UTC")),
    (Row(1), Row(2)),
    (_model(1.0), _model(1.5)),
    (_drawing(3), _drawing(4)),
    (len, min),
]


@pytest.mark.parametrize("pair", DIFFERENT, ids=lambda pair: str(type(pair[0]).__name__))
def test_what_differs_shows(pair: tuple[Any, Any]) -> None:
    one, other = map(portrait, pair)
    assert digest(one) != digest(other)
    assert difference(one, other) is not None


SAME: list[Callable[[], Any]] = [
    lambda: [None, 1, "a", b"b", 2.5, 1j, {"k": (1, 2)}, {3, 4}, range(3)],
    lambda: float("nan"),
    lambda: _frame(c=pd.Categorical(["u", "v"]), d=pd.date_range("2026-01-01", periods=2)),
    lambda: _frame().set_index(["a", "b"]),
    lambda: np.ma.masked_array([1, 2], mask=[True, False]),
    lambda: Row(3),
    lambda: _model(2.0),
    lambda: _drawing(5),
    lambda: plotly.graph_objects.Figure(plotly.graph_objects.Bar(x=[1, 2], y=[3, 4])),
    lambda: (lambda values: [values, values])([1]),
]


@pytest.mark.parametrize("make", SAME)
def test_what_is_the_same_is_told_the_same_also_when_it_was_stored(make: Callable[[], Any]) -> None:
    assert portrait(make()) == portrait(make())
    if not isinstance(make(), Row):
        assert portrait(pickle.loads(pickle.dumps(make()))) == portrait(make())


def test_which_parts_are_one_object_shows() -> None:
    shared = [1]
    assert portrait([shared, shared]) != portrait([[1], [1]])
    around: list[Any] = []
    around.append(around)
    assert portrait(around) == portrait(around)


def test_private_state_of_a_librarys_object_is_told_apart() -> None:
    model, other = _model(1.0), _model(1.0)
    other._note = 1
    assert portrait(model) != portrait(other)
    assert public(portrait(model)) == public(portrait(other))


def test_what_a_library_notes_of_its_last_answer_is_private() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # statsmodels calls what pandas is going to drop
        from statsmodels.api import Logit
    model = Logit([0, 1, 0, 1, 1], [[1], [2], [1], [1], [2]])
    prediction = model.fit(disp=False).get_prediction()
    before = portrait(prediction)
    prediction.summary_frame()
    assert portrait(prediction) != before
    assert public(portrait(prediction)) == public(before)
    prediction.predicted[0] = 9.0
    assert public(portrait(prediction)) != public(before)


def test_what_differs_from_run_to_run_is_not_compared() -> None:
    once, again, given = ({"clock": n, "rows": r} for n, r in ((1, 5), (2, 5), (3, 6)))
    told = [portrait(value) for value in (once, given, again)]
    found = difference(*told)
    assert found is not None
    assert "'5'" in found or '"5"' in found
    assert difference(told[0], portrait({"clock": 9, "rows": 5}), told[2]) is None
