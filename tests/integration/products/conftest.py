"""Projects whose products lie elsewhere: an S3 server of these tests' own, engines of each test."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

sys.path.insert(0, str(Path(__file__).parents[1] / "cli"))
sys.path.insert(0, str(Path(__file__).parent))

from cli_calling import call
from cli_notebooks import write
from product_shop import BUCKET, SECRET, Shop, cells


@pytest.fixture(scope="session")
def s3() -> Iterator[Any]:
    """Start an S3 server on a free port; gives a client of it."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    url = f"http://127.0.0.1:{port}"
    client = boto3.client(
        "s3",
        endpoint_url=url,
        aws_access_key_id="tests",
        aws_secret_access_key=SECRET,
        region_name="us-east-1",
    )
    client.create_bucket(Bucket=BUCKET)
    yield client
    client.close()
    server.stop()


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """Make a project in a state folder of its own; its engine is stopped at the end."""
    monkeypatch.setenv("MAGE_JLAB_STATE_DIR", str(tmp_path / "state"))
    made = Shop(tmp_path / "shop", tmp_path / "state")
    assert call("init", str(made.place)).status == 0
    write(made.place / "notebooks" / "sales.ipynb", cells(made.place))
    exported = made("export", "notebooks/sales.ipynb", "--json")
    assert exported.status == 0, exported
    yield made
    assert call("engine", "stop", "--json").status == 0


@pytest.fixture
def on_s3(s3: Any, monkeypatch: pytest.MonkeyPatch, shop: Shop) -> Shop:
    """Let the products of the project lie on S3."""
    monkeypatch.setenv("MAGE_JLAB_PRODUCTS_URL", f"s3://{BUCKET}/products/")
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3.meta.endpoint_url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "tests")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    return shop
