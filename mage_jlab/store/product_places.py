"""Where a project's data products lie: its variables folder, another folder, or behind a URL.

Everybody who reads or writes products goes through ``<data root>/products``. For another folder
that is a link to it; for a URL it is a cache, and a file in it, ``@remote``, holds the URL.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from mage_jlab.domain.errors import BadInputError, ConflictError
from mage_jlab.store.disk import write_atomic, write_error

VARIABLE = "MAGE_JLAB_PRODUCTS_URL"
MARK = "@remote"
"""The file in a products folder that holds the URL that the folder is a cache of."""

LOCAL = ("", "file", "local")


def prepare_place(data_root: Path, environ: Mapping[str, str] | None = None) -> Path:
    """Make a project's products lie where the environment says; gives its products folder.

    Without the variable all stays as it is, so that what was written elsewhere is still found.

    Args:
        data_root: our folder in the project's variables folder, named by the project's uuid.
        environ: the environment variables.

    Raises:
        BadInputError: when the variable holds no such URL, or holds a password.
        ConflictError: when products lie somewhere else already.
        UnprocessableError: when the folder cannot be made.
    """
    products = data_root / "products"
    url = (os.environ if environ is None else environ).get(VARIABLE, "").strip()
    if not url:
        return products
    parts = urlsplit(url)
    if parts.scheme in LOCAL:
        folder = Path(unquote(parts.path)).expanduser()
        if not folder.is_absolute() or parts.netloc not in ("", "localhost"):
            raise BadInputError(f"{VARIABLE} is {url!r}: give the absolute path of a folder.")
        return _linked(products, folder / data_root.name)
    if parts.password is not None or parts.username is not None or parts.query:
        raise BadInputError(
            f"{VARIABLE} holds more than a place: leave out user, password and options, and set "
            "the keys in the environment, as AWS_ACCESS_KEY_ID.",
        )
    if parts.scheme == "memory" or not parts.netloc:
        raise BadInputError(f"{VARIABLE} is {url!r}: give a URL such as s3://bucket/folder.")
    return _marked(products, f"{url.rstrip('/')}/{data_root.name}")


def is_remote(products: Path) -> bool:
    """Say whether a products folder is a cache of what lies behind a URL."""
    return (products / MARK).exists()


def _linked(products: Path, folder: Path) -> Path:
    if products.is_symlink() and products.readlink() == folder and folder.is_dir():
        return products
    try:
        folder.mkdir(parents=True, exist_ok=True)
        products.parent.mkdir(parents=True, exist_ok=True)
        if products.is_symlink():
            raise _elsewhere(products, str(products.resolve()))
        if products.is_dir():
            if any(products.iterdir()):
                raise _elsewhere(products, str(products))
            products.rmdir()
        products.symlink_to(folder, target_is_directory=True)
    except OSError as error:
        raise write_error(error, str(folder)) from error
    return products


def _marked(products: Path, url: str) -> Path:
    mark = products / MARK
    try:
        if mark.exists():
            there = mark.read_text(encoding="utf-8").strip()
            if there != url:
                raise _elsewhere(products, there)
            return products
        if products.is_symlink() or (products.is_dir() and any(products.iterdir())):
            raise _elsewhere(products, str(products.resolve()))
        products.mkdir(parents=True, exist_ok=True)
        write_atomic(mark, f"{url}\n".encode())
    except OSError as error:
        raise write_error(error, str(products)) from error
    return products


def _elsewhere(products: Path, where: str) -> ConflictError:
    return ConflictError(
        f"This project has data products at {where}, and {VARIABLE} names another place: move "
        f"them there and {products} out of the way, or take the variable back.",
        "products-elsewhere",
    )
