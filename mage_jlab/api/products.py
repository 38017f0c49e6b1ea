"""Data products over HTTP."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from urllib.parse import quote

from jupyter_server.auth.decorator import authorized
from tornado import web

from mage_jlab.api.base import MageHandler
from mage_jlab.api.describe import verb

CHUNK = 1024 * 1024
"""How much of a download is sent at once, in bytes."""


class ProductHandler(MageHandler):
    """One product."""

    @verb("Product", query={"rows": "How many rows of a frame; by default 10."}, errors=(404,))
    @web.authenticated
    @authorized
    async def get(self, product: str) -> None:
        """Give a product with its schema and its first rows, or its value."""
        rows = self.number("rows", 10)
        await self.answer(lambda: self.services.products.get(product, rows))


class RowsHandler(MageHandler):
    """The rows of a frame."""

    @verb(
        "RowsPage",
        query={"offset": "The first row, from 0.", "limit": "How many; never more than 500."},
        errors=(400, 404),
    )
    @web.authenticated
    @authorized
    async def get(self, product: str) -> None:
        """Give some rows of a frame or a series; only these are read."""
        offset, limit = self.number("offset", 0), self.number("limit", 100)
        await self.answer(lambda: self.services.products.rows(product, offset, limit))


class FileHandler(MageHandler):
    """A product as a file."""

    @property
    def content_security_policy(self) -> str:
        """Keep what a block made from doing anything in the reader's browser."""
        return "sandbox; default-src 'none'"

    @verb(
        "file",
        query={"format": "csv, parquet, arrow, json, npy, pkl, html or png."},
        errors=(400, 404),
        media="application/octet-stream",
    )
    @web.authenticated
    @authorized
    async def get(self, product: str) -> None:
        """Download a product in a file format."""
        format_ = self.text("format") or "csv"
        with tempfile.TemporaryDirectory(prefix="mage_jlab-") as folder:
            name, file = await asyncio.to_thread(
                self.services.products.download, product, format_, Path(folder)
            )
            self.set_header("Content-Disposition", f"attachment; filename*=UTF-8''{quote(name)}")
            self.set_header("Content-Length", str(file.stat().st_size))
            self.set_header("Content-Type", "application/octet-stream")
            with file.open("rb") as opened:
                while chunk := await asyncio.to_thread(opened.read, CHUNK):
                    self.write(chunk)
                    await self.flush()
        await self.finish(set_content_type="application/octet-stream")
