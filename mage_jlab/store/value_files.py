"""Figures, texts and JSON values as files that other programs read."""

from __future__ import annotations

import base64
import html
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mage_jlab.domain.attempt import StoredProduct
from mage_jlab.domain.product import ProductType
from mage_jlab.store.products import product_file, read_preview


def figure_writer(bundle: dict[str, Any], ending: str) -> Callable[[Path], None] | None:
    """Give what writes a figure's MIME bundle, or None when there is no such way.

    Args:
        bundle: the figure, by MIME type.
        ending: the file's ending, without a dot.
    """
    image = bundle.get("image/png")
    if ending == "png" and image:
        return lambda part: _write_bytes(part, base64.b64decode(image))
    if ending == "json":
        return lambda part: _write_bytes(part, json.dumps(bundle).encode())
    if ending == "html":
        shown = bundle.get("text/html")
        if shown is None and image:
            shown = f'<img alt="" src="data:image/png;base64,{image}">'
        if shown is None:
            shown = f"<pre>{html.escape(str(bundle.get('text/plain', '')))}</pre>"
        page = f"<!doctype html>\n<meta charset=utf-8>\n{shown}\n"
        return lambda part: _write_bytes(part, page.encode())
    return None


def value_writer(root: Path, stored: StoredProduct, ending: str) -> Callable[[Path], None] | None:
    """Give what writes a text or a JSON value, or None when there is no such way.

    Args:
        root: the project's products folder.
        stored: the product's manifest.
        ending: the file's ending, without a dot.
    """
    if ending not in ("json", "txt", "html"):
        return None

    def write(part: Path) -> None:
        is_text = stored.type is ProductType.TEXT
        if stored.inline is None and ending == ("txt" if is_text else "json"):
            shutil.copyfile(product_file(root, stored), part)
            return
        if stored.inline is not None:
            value = json.loads(stored.inline)
        elif is_text:
            value = product_file(root, stored).read_text(encoding="utf-8")
        else:
            value = read_preview(root, stored).value
        text = value if is_text and ending != "json" else json.dumps(value, ensure_ascii=False)
        if ending == "html":
            text = f"<!doctype html>\n<meta charset=utf-8>\n<pre>{html.escape(text)}</pre>\n"
        _write_bytes(part, text.encode())

    return write


def _write_bytes(part: Path, data: bytes) -> None:
    part.write_bytes(data)
