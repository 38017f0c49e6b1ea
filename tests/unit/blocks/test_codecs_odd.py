"""What is odd is kept as it is, or refused by its name: through the codecs, and a real worker."""

from __future__ import annotations

import itertools
import math
import tracemalloc
from typing import Any

import numpy as np
import pandas as pd
import pytest

from mage_jlab.blocks.worker import outputs
from mage_jlab.blocks.worker.codecs.files import PIECE
from mage_jlab.blocks.worker.failures import StatedError

MB = 1024 * 1024


def _nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


def test_keys_that_json_has_not(codec: Any) -> None:
    again = codec.again({math.nan: 1, None: 2, True: 3, (1, 2): 4, 1.5: {"a": math.nan}})
    assert repr(again) == "{nan: 1, None: 2, True: 3, (1, 2): 4, 1.5: {'a': nan}}"


def test_circles_come_back_as_circles(codec: Any) -> None:
    ring: dict[str, Any] = {"n": 1, "list": []}
    ring["list"].append(ring)
    again = codec.again(ring)
    assert again["list"][0] is again
    frame = pd.DataFrame({"a": [None, 1]}, dtype=object)
    circle: list[Any] = []
    circle.append(circle)
    frame.iat[0, 0] = circle
    kept = codec.again(frame)
    assert kept.iat[0, 0] is kept.iat[0, 0][0]


def test_what_is_nested_too_deep_is_refused(codec: Any) -> None:
    assert codec.again(_nested(90)) == _nested(90)
    assert codec.again(_nested(150)) == _nested(150)
    with pytest.raises(
        StatedError, match=r"The result x is a list, which cannot be stored .*recursion"
    ):
        codec.store(x=_nested(100_000))


@pytest.mark.parametrize("what", ["list", "object column"])
def test_locks_inside_of_other_values_are_refused(codec: Any, what: str) -> None:
    import threading

    inside: Any = [threading.Lock()]
    if what == "object column":
        inside = pd.DataFrame({"a": inside})
    with pytest.raises(StatedError, match=r"The result x is a .*, which cannot be stored.*lock"):
        codec.store(x=inside)


def test_one_result_that_cannot_be_kept_is_named_among_others(codec: Any) -> None:
    with pytest.raises(StatedError, match="The result bad is a generator"):
        codec.store(good={1}, fine=(lambda: 2,), bad=(i for i in ()), also_good=(3,))


@pytest.mark.parametrize("size", [40 * MB])
@pytest.mark.parametrize("kind", ["ascii", "wide", "bytes"])
def test_a_long_text_is_not_copied_whole(codec: Any, size: int, kind: str) -> None:
    value: Any = {"ascii": "x", "wide": "😀", "bytes": b"y"}[kind] * (
        size // (4 if kind == "wide" else 1)
    )
    tracemalloc.start()
    stored = codec.store(x=value)["x"]
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    assert most < size / 3, "stored by pieces"
    again = codec.load(stored)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert again == value
    assert most < 2.2 * size, "the bytes and the text, and no third copy"
    assert stored["bytes"] == size


def test_pieces_of_a_text_meet_where_characters_are_wide(codec: Any) -> None:
    for text in ("ü" * (PIECE + 1), "a" * (PIECE - 1) + "\ud83d\ude00" + "b", "😀" * 5000):
        assert codec.again(text) == text
    assert codec.again({"k": "ü" * (PIECE + 3)}) == {"k": "ü" * (PIECE + 3)}


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame([[1, "a", None]], columns=["n", "n", "n"]),
        pd.DataFrame([[1, 2.5, "x"]], columns=[0, None, ("a", math.nan)]),
        pd.DataFrame({1.5: [1], pd.Timestamp("2024-01-01"): ["x"], True: [None]}),
        pd.DataFrame({"m": [1, "a", None, {1}, b"x", pd.NaT, 1.5, math.nan, pd.NA]}),
        pd.DataFrame(
            np.arange(8).reshape(4, 2),
            index=pd.MultiIndex.from_product([["a", "b"], pd.date_range("2024", periods=2)]),
            columns=pd.MultiIndex.from_tuples([("x", 1), ("x", None)], names=[None, "k"]),
        ),
        pd.DataFrame(
            [[1, 2, 3, 4]], columns=pd.Index(["", "a/b", "\ud800", "index"], dtype=object)
        ),
    ],
    ids=["twice", "no text", "moments", "mixed", "multi", "odd names"],
)
def test_odd_frames(codec: Any, same_frame: Any, frame: pd.DataFrame) -> None:
    same_frame(codec.again(frame), frame)
    given = codec.store(x=frame)["x"]
    assert len(given["schema"]) >= frame.shape[1]


def test_odd_values_pass_through_a_worker(workshop: Any) -> None:
    source = """
    import math
    import pandas as pd

    @data_loader
    def make():
        ring = [math.nan]
        ring.append(ring)
        frame = pd.DataFrame([[1, "a"], [None, {2}]], columns=["n", "n"])
        frame.index = pd.MultiIndex.from_tuples([("x", 1), ("y", None)])
        return {"ring": ring, "frame": frame, "keys": {math.nan: 1, 2: None}}
    """
    made = workshop.good(source, "data_loader", inputs={}, results=["ring", "frame", "keys"])
    below = """
    @transformer
    def look(ring, frame, keys):
        seen = {"same": ring[1] is ring, "columns": list(frame.columns), "keys": repr(keys)}
        return {**seen, "cell": repr(frame.iat[1, 1]), "levels": frame.index.nlevels}
    """
    names = {name: f"made.{name}" for name in made}
    out = workshop.good(below, inputs=names, results=["seen"], above={"made": list(made.values())})
    assert workshop.load(out["seen"]) == {
        "same": True,
        "columns": ["n", "n"],
        "cell": "{2}",
        "levels": 2,
        "keys": "{nan: 1, 2: None}",
    }


def test_an_endless_generator_stops_where_memory_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outputs, "MOST_MEMORY", 64 * MB)
    endless = (np.ones(MB // 8) * place for place in itertools.count())
    with pytest.raises(StatedError, match=r"yielded more than .* and did not end"):
        outputs.unrolled(endless, "loader")


def test_a_generator_of_generators_is_refused_by_its_name(workshop: Any) -> None:
    outcome = workshop.run("@data_loader\ndef f():\n    yield (i for i in 'ab')\n", "data_loader")
    assert outcome.error.type == "CannotStore"
    assert "The result output_0 is a list, which cannot be stored" in outcome.error.message
