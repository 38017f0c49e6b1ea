"""What untagged cells define reaches blocks in real workers, and what blocks make of it comes back.

One project and one engine for all: the run of a part loads in a new process what another made.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mage_jlab.services.client import RunOfPipeline
from mage_jlab.services.services import Services
from mage_jlab.store.paths import StateFolder
from mage_jlab.store.project_files import create_project

KINDS = """\
import enum
import functools
from collections import namedtuple
from dataclasses import dataclass, field
from typing import NamedTuple

RATE = 2
SCALE = {"a": RATE * 10}


@dataclass(frozen=True)
class Point:
    x: int
    y: int = RATE

    def norm(self):
        return scaled(self.x + self.y)


@dataclass
class Path_:
    points: list = field(default_factory=list)


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


class Level(enum.IntFlag):
    LOW = 1
    HIGH = 2


class Row(NamedTuple):
    name: str
    value: float = 1.5


Pair = namedtuple("Pair", "left right")


class Outer:
    class Inner:
        def __init__(self, value):
            self.value = value

        def __eq__(self, other):
            return self.value == other.value


class Registry(type):
    made = []

    def __new__(mcs, name, bases, namespace):
        namespace["tag"] = name.lower()
        return super().__new__(mcs, name, bases, namespace)


class Tagged(metaclass=Registry):
    pass


class Slotted:
    __slots__ = ("a", "b")

    def __init__(self, a, b):
        self.a, self.b = a, b


def scaled(value, by=SCALE["a"]):
    return value * by


double = lambda value: value * RATE
"""
MAKE = """\
point = Point(3)
path = Path_([point, Point(1, 1)])
colours = [Colour.RED, Colour.BLUE]
levels = Level.LOW | Level.HIGH
row = Row("a")
pair = Pair(1, [2])
inner = Outer.Inner([5])
tagged = Tagged()
slotted = Slotted(1, "b")
times_two = functools.partial(scaled, by=2)
plus = lambda value, more=RATE: double(value) + more
nested = {"rows": [row, pair], "by": {Colour.RED: point}}
"""
USE = """\
seen = [
    point.norm(),
    path.points[0] == point,
    colours[0] is Colour.RED,
    (Level.HIGH in levels, levels.value),
    (row.name, row.value, isinstance(row, Row)),
    (pair.left, pair.right),
    inner == Outer.Inner([5]),
    tagged.tag,
    isinstance(tagged, Tagged),
    (slotted.a, slotted.b),
    times_two(4),
    plus(5),
    nested["by"][Colour.RED] is nested["by"].get(Colour.RED),
    nested["rows"][0] == Row("a"),
]
"""
SEEN = [
    100,
    True,
    True,
    (True, 3),
    ("a", 1.5, True),
    (1, [2]),
    True,
    "tagged",
    True,
    (1, "b"),
    8,
    12,
    True,
    True,
]
SETTINGS = """\
import decimal
import locale
import logging
import os
import random
import time
import warnings

import numpy as np
import pandas as pd

pd.set_option("display.max_rows", 7)
pd.options.display.precision = 3
np.seterr(divide="ignore")
np.random.seed(5)
decimal.getcontext().prec = 5
warnings.filterwarnings("error", category=FutureWarning)
logging.getLogger("shop").setLevel(logging.DEBUG)
os.environ["SHOP_MARKET"] = "NO"
os.environ["TZ"] = "Asia/Tokyo"
time.tzset()
"""
LOOK = """\
kept = [
    pd.get_option("display.max_rows"),
    pd.options.display.precision,
    np.geterr()["divide"],
    str(decimal.Decimal(1) / 3),
    any(one[0] == "error" and one[2] is FutureWarning for one in warnings.filters),
    logging.getLogger("shop").level,
    os.environ["SHOP_MARKET"],
    time.strftime("%z", time.localtime(0)),
]
"""
KEPT = [7, 3, "ignore", "0.33333", True, 10, "NO", "+0900"]
KEPT_LATER = [9, *KEPT[1:6], "SE", "+0900"]
CELLS: list[tuple[str, str]] = [
    ("", KINDS),
    ("", SETTINGS),
    ("block:data_loader", MAKE),
    ("block:transformer", USE),
    ("block:custom", "draws = np.random.rand(3).tolist()"),
    ("block:custom", LOOK),
    ("", "pd.set_option('display.max_rows', 9)\nos.environ['SHOP_MARKET'] = 'SE'"),
    ("block:custom", LOOK.replace("kept", "kept_later")),
]


def notebook() -> dict[str, Any]:
    cells = [
        {
            "cell_type": "code",
            "id": f"c{index}",
            "metadata": {"tags": [tag]} if tag else {},
            "source": source,
            "outputs": [],
            "execution_count": None,
        }
        for index, (tag, source) in enumerate(CELLS)
    ]
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}


@pytest.fixture
def services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    """Use cases over an engine of their own."""
    monkeypatch.setenv("MAGE_JLAB_STATE_DIR", str(tmp_path / "state"))
    services = Services(StateFolder.from_environ())
    yield services
    services.engine.stop()


def finished(services: Services, place: Path, **part: str) -> RunOfPipeline:
    project = services.projects.open(place)
    started = services.runs.start(project.id, "kinds", **part)
    run = services.runs.wait(started.id, 120)
    assert run.state == "success", [block.error for block in run.block_runs if block.error]
    return RunOfPipeline(services, run)


def test_definitions_and_settings_travel_and_a_clone_of_any_name_runs(
    services: Services, tmp_path: Path
) -> None:
    shop = create_project(tmp_path / "shop").place
    path = shop / "notebooks/kinds.ipynb"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(notebook()))
    exported = services.notebooks.export(str(path))
    assert [one.message for one in exported.diagnostics if one.severity == "error"] == []
    run = finished(services, shop)
    assert run.product("seen").load() == SEEN
    assert run.product("kept").load() == KEPT
    assert run.product("kept_later").load() == KEPT_LATER
    random = np.random.RandomState(5)
    assert run.product("draws").load() == random.rand(3).tolist()

    # A new worker loads what the first one made, and the clone's folder has another name.
    services.engine.stop()
    clone = tmp_path / "my clone"
    shop.rename(clone)
    assert finished(services, clone).product("seen").load() == SEEN
    services.engine.stop()
    again = finished(services, clone, from_="seen")
    assert again.product("seen").load() == SEEN
    unchanged = services.notebooks.export(str(clone / "notebooks/kinds.ipynb"))
    assert unchanged.written == []
