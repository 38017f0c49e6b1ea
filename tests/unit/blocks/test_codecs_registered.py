"""Codecs of other packages: found by their entry point, asked last, named when they are gone."""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from mage_jlab.blocks.load import load_product
from mage_jlab.blocks.worker.codecs import registry
from mage_jlab.blocks.worker.failures import StatedError
from mage_jlab.domain.errors import UnprocessableError

MODULE = """
import struct

class Star:
    def __init__(self, height, width):
        self.height, self.width = height, width

    def __eq__(self, other):
        return (self.height, self.width) == (other.height, other.width)

    def __reduce__(self):
        raise TypeError("stars are not pickled")

class StarCodec:
    name = "star"
    form = "object"

    def handles(self, value):
        return type(value) is Star

    def describe(self, value):
        return {"shown": {"height": value.height}}

    def write(self, value, file):
        if value.height < 0:
            raise ValueError("below the horizon")
        file.write(struct.pack("dd", value.height, value.width))

    def read(self, file):
        return Star(*struct.unpack("dd", file.read()))

class Unfinished:
    name = "unfinished"

class Shapeless(StarCodec):
    form = "poem"

class Angry(StarCodec):
    name = "angry"

    def handles(self, value):
        raise KeyError("no")
"""

POINTS = """
[mage_jlab.codecs]
angry = starry:Angry
gone = starry_that_is_gone:Codec
shapeless = starry:Shapeless
unfinished = starry:Unfinished
star = starry:StarCodec
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Put a small installed distribution on sys.path; gives its folder."""
    folder = tmp_path / "site"
    info = folder / "starry-1.0.dist-info"
    info.mkdir(parents=True)
    (folder / "starry.py").write_text(textwrap.dedent(MODULE))
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: starry\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(POINTS)
    monkeypatch.syspath_prepend(folder)
    registry.registered.cache_clear()
    yield folder
    registry.registered.cache_clear()
    sys.modules.pop("starry", None)


def test_a_registered_codec_keeps_its_values(codec: Any, package: Path) -> None:
    import starry  # type: ignore[import-not-found]  # made by the fixture

    star = starry.Star(1.5, -2.0)
    with pytest.warns(UserWarning, match="was passed over") as caught:
        stored = codec.store(x=star)["x"]
    said = " ".join(str(warning.message) for warning in caught)
    assert "The codec gone (starry_that_is_gone:Codec)" in said
    assert "The codec unfinished (starry:Unfinished)" in said
    assert "it has no form, handles, write, read" in said
    assert "its form is 'poem', which is none of frame, series" in said
    assert "asked whether it handles a Star, it raised KeyError" in said
    assert (stored["codec"], stored["type"], stored["bytes"]) == ("star", "object", 16)
    assert stored["shown"] == {"height": 1.5}
    assert codec.load(stored) == star
    path = codec.root / stored["uri"] / registry.FILE
    path.write_bytes(path.read_bytes()[::-1])
    with pytest.raises(StatedError, match="x was altered"):
        codec.load(stored)


@pytest.mark.filterwarnings("ignore:The codec")
def test_what_a_codec_refuses_is_said(codec: Any, package: Path) -> None:
    import starry

    with pytest.raises(StatedError, match=r"which cannot be stored \(ValueError: below"):
        codec.store(x=starry.Star(-1, 0))


@pytest.mark.filterwarnings("ignore:The codec")
def test_without_its_package_a_value_is_not_loaded(codec: Any, package: Path) -> None:
    import starry

    stored = codec.store(x=starry.Star(1, 2))["x"]
    registry.registered.cache_clear()
    (package / "starry-1.0.dist-info" / "entry_points.txt").unlink()
    with pytest.raises(StatedError, match="was stored by the codec star, which no package in"):
        codec.load(stored)


def test_plain_values_ask_no_codec(codec: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(registry, "registered", lambda: asked.append("looked up") or ())
    codec.store(a=1, b="x", c=(1, 2), d={1}, e={"f": [1.5]}, g=b"x")
    assert asked == []
    codec.store(h=Path("x"))
    assert asked == ["looked up"]


def test_a_worker_finds_codecs_too(workshop: Any, package: Path) -> None:
    out = workshop.good(
        "import starry\n\n@data_loader\ndef f():\n    return starry.Star(3.0, 4.0)\n",
        "data_loader",
        environ={"PYTHONPATH": str(package)},
        key="with stars",
    )
    [stored] = out.values()
    assert (stored.codec, stored.shown) == ("star", {"height": 3.0})
    with pytest.warns(UserWarning, match="was passed over"):
        assert workshop.load(stored).width == 4.0
    registry.registered.cache_clear()
    (package / "starry-1.0.dist-info" / "entry_points.txt").unlink()
    with pytest.raises(UnprocessableError, match="install the package there") as caught:
        load_product(stored, workshop.products)
    assert caught.value.reason == "package-missing"
    assert any("was passed over" in line["text"] for line in workshop.log())
