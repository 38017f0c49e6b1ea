"""Products behind a URL, through the real engine and its workers: S3, and a folder."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import s3fs
from product_shop import BUCKET, SECRET, Shop


def _objects(s3: Any, shop: Shop) -> dict[str, int]:
    prefix = f"products/{shop.uuid}/"
    found = s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])
    return {entry["Key"].removeprefix(prefix): entry["Size"] for entry in found}


def _forget(shop: Shop) -> None:
    """Empty the cache, as on another machine."""
    for folder in shop.cache.iterdir():
        if folder.is_dir():
            shutil.rmtree(folder)


def test_a_pipeline_runs_on_s3(s3: Any, on_s3: Shop, tmp_path: Path) -> None:
    run = on_s3.run()
    files = {"even/data.arrow", "manifest.json"}
    assert {f"{run}/even/_/1/{file}" for file in files} <= set(_objects(s3, on_s3))
    _forget(on_s3)
    shown = on_s3("product", "show", "sales", "even", "--rows", "2", "--json")
    assert shown.document["preview"] == [[0], [2]]
    fetched = on_s3.cache / run / "even" / "_" / "1" / "even" / "data.arrow"
    assert fetched.stat().st_size == _objects(s3, on_s3)[f"{run}/even/_/1/even/data.arrow"]
    assert [path.name for path in fetched.parent.iterdir()] == ["data.arrow"]
    _forget(on_s3)
    got = on_s3("product", "get", "sales", "even", "--output", str(tmp_path / "even.csv"))
    assert got.status == 0, got
    assert len((tmp_path / "even.csv").read_text().splitlines()) == 501
    for folder in (on_s3.state, on_s3.place):
        for path in folder.rglob("*"):
            if path.is_file():
                assert SECRET.encode() not in path.read_bytes(), path


def test_a_retry_reads_what_another_machine_stored(s3: Any, on_s3: Shop) -> None:
    gate = on_s3.place / "gate"
    gate.touch()
    failed = on_s3("run", "sales", "--json")
    assert failed.status == 1, failed
    run = failed.document["id"]
    # what failed left nothing behind
    assert not any(key.startswith(f"{run}/even/") for key in _objects(s3, on_s3))
    gate.unlink()
    _forget(on_s3)
    assert on_s3("runs", "retry", run, "--json").status == 0
    assert on_s3.ended(run) == "success"
    assert (on_s3.cache / run / "raw" / "_" / "1" / "raw" / "data.arrow").exists()


@pytest.mark.parametrize("how", ["gone", "altered", "cut short"])
def test_a_lost_object_is_named(s3: Any, on_s3: Shop, how: str) -> None:
    run = on_s3.run()
    (name,) = (key for key in _objects(s3, on_s3) if key.endswith("even/data.arrow"))
    key = f"products/{on_s3.uuid}/{name}"
    whole = s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
    if how == "gone":
        s3.delete_object(Bucket=BUCKET, Key=key)
    else:
        altered = whole[:-1] if how == "cut short" else whole[:600] + b"\x07" + whole[601:]
        s3.put_object(Bucket=BUCKET, Key=key, Body=altered)
    _forget(on_s3)
    error = on_s3("product", "show", "sales", "even", "--json").error
    assert error["code"] == "product-lost"
    assert run in error["message"]
    assert ("is gone" if how == "gone" else "was altered") in error["message"]
    assert not list(on_s3.cache.rglob("data.arrow*"))


def test_a_place_that_does_not_answer_is_named(
    on_s3: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_s3.run()
    _forget(on_s3)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    s3fs.S3FileSystem.clear_instance_cache()
    error = on_s3("product", "show", "sales", "even", "--json").error
    assert error["code"] == "place-unreachable"
    assert f"s3://{BUCKET}/products" in error["message"]
    assert SECRET not in error["message"]


def test_what_is_not_kept_goes_from_s3_too(s3: Any, on_s3: Shop) -> None:
    with (on_s3.place / "metadata.yaml").open("a") as file:
        file.write("retention: {successes: 1}\n")
    first, second = on_s3.run(), on_s3.run()
    told = on_s3("product", "prune", "--dry-run", "--json").document
    assert told["count"] == 2
    assert told["dryRun"] is True
    assert {one["uri"].split("/")[0] for one in told["products"]} == {first}
    assert any(key.startswith(first) for key in _objects(s3, on_s3))
    text = on_s3("product", "prune")
    assert text.status == 0
    assert "1 later runs succeeded" in text.out
    assert {key.split("/")[0] for key in _objects(s3, on_s3)} == {second}
    assert not (on_s3.cache / first).exists()
    error = on_s3("product", "show", "sales", "even", "--run", first, "--json").error
    assert error["code"] == "product-pruned"


def test_products_lie_in_another_folder(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "big disk"
    monkeypatch.setenv("MAGE_JLAB_PRODUCTS_URL", folder.as_uri())
    run = shop.run()
    assert (folder / shop.uuid / run / "even" / "_" / "1" / "even" / "data.arrow").exists()
    shown = shop("product", "show", "sales", "even", "--rows", "1", "--json")
    assert shown.document["preview"] == [[0]]
    monkeypatch.setenv("MAGE_JLAB_PRODUCTS_URL", (tmp_path / "third").as_uri())
    error = shop("run", "sales", "--json").error
    assert error["code"] == "products-elsewhere"
    assert str(folder) in error["message"]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("s3://key:word@lake/x", "leave out user, password"),
        ("s3://lake/x?secret=1", "leave out user, password"),
        ("memory://x", "such as s3://"),
        ("s3:lake", "such as s3://"),
        ("some/folder", "absolute path"),
    ],
)
def test_a_wrong_url_is_named(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, url: str, said: str
) -> None:
    monkeypatch.setenv("MAGE_JLAB_PRODUCTS_URL", url)
    error = shop("run", "sales", "--json").error
    assert said in error["message"]
    assert "word@" not in error["message"]
    assert "secret" not in error["message"]
