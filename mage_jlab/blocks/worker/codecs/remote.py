"""Products that lie behind a URL: the products folder is a cache of them then.

``<products>/@remote`` holds the URL. An attempt writes its folder here and uploads it, the manifest
last; a reader that does not find a file here fetches it by its address, verifies its checksum while
it comes, and moves it into place whole. Keys of the store are its driver's business: they come from
the environment.
"""

from __future__ import annotations

import hashlib
import os
import uuid
from typing import Any

from ..failures import StatedError

MARK = "@remote"
MANIFEST = "manifest.json"
PIECE = 1 << 20


def url_of(root: str) -> str | None:
    """Give the URL that a products folder is a cache of; None where it is the place itself."""
    try:
        with open(os.path.join(root, MARK), encoding="utf-8") as file:
            return file.read().strip()
    except FileNotFoundError:
        return None


def upload(root: str, relative: str) -> None:
    """Upload the folder of an attempt, its manifest last; without a URL nothing is done.

    Raises:
        StatedError: ``CannotUpload``, ``MissingPackage``.
    """
    url = url_of(root)
    if url is None:
        return
    folder = os.path.join(root, *relative.split("/"))
    found = [
        os.path.relpath(os.path.join(place, name), folder)
        for place, _, names in os.walk(folder)
        for name in names
    ]
    store, base = _opened(url)
    try:
        for name in sorted(found, key=lambda name: (name == MANIFEST, name)):
            target = f"{base}/{relative}/{name}"
            store.makedirs(target.rpartition("/")[0], exist_ok=True)
            store.put_file(os.path.join(folder, name), target)
    except Exception as error:
        raise StatedError(
            "CannotUpload",
            f"The data products could not be written to {url} ({type(error).__name__}: {error}): "
            "look after the place and its keys in the environment, then retry the run.",
        ) from error


def fetch(root: str, stored: dict[str, Any], path: str) -> str | None:
    """Fetch the file of a product unless it is here; without a URL nothing is done.

    Args:
        root: the products folder.
        stored: the product's manifest.
        path: the file in the products folder.

    Returns:
        What is wrong with the stored file: ``is gone``, ``was altered`` or None.

    Raises:
        StatedError: ``CannotFetch`` when the place does not answer; ``MissingPackage``.
    """
    url = None if os.path.exists(path) else url_of(root)
    if url is None:
        return None
    store, base = _opened(url)
    aside = f"{path}.{uuid.uuid4().hex}"
    digest = hashlib.sha256()
    os.makedirs(os.path.dirname(path), exist_ok=True)
    try:
        source = f"{base}/{stored['uri']}/{os.path.basename(path)}"
        with store.open(source, "rb") as file, open(aside, "wb") as target:
            for piece in iter(lambda: file.read(PIECE), b""):
                digest.update(piece)
                target.write(piece)
        if digest.hexdigest() != stored["checksum"]:
            return "was altered"
        os.replace(aside, path)
    except FileNotFoundError:
        return "is gone"
    except Exception as error:
        raise StatedError(
            "CannotFetch",
            f"{stored['name']} could not be read from {url} ({type(error).__name__}: {error}): "
            "look after the place and its keys in the environment, then try again.",
        ) from error
    finally:
        if os.path.exists(aside):
            os.remove(aside)
    return None


def remove(root: str, relative: str) -> None:
    """Delete a folder behind the URL of a products folder; one that is not there is no error.

    A manifest that nothing else lies beside any more goes with it.

    Raises:
        OSError: when it could not be deleted.
    """
    url = url_of(root)
    if url is None:
        return
    store, base = _opened(url)
    try:
        store.invalidate_cache()
        if store.exists(f"{base}/{relative}"):
            store.rm(f"{base}/{relative}", recursive=True)
        above = f"{base}/{relative}".rpartition("/")[0]
        if [one.rpartition("/")[2] for one in store.find(above)] == [MANIFEST]:
            store.rm(above, recursive=True)
    except Exception as error:
        raise OSError(f"{url}/{relative}: {type(error).__name__}: {error}") from error


def _opened(url: str) -> tuple[Any, str]:
    """Give the file system of a URL, and the path in it."""
    try:
        from fsspec.core import url_to_fs

        store, base = url_to_fs(url, use_listings_cache=False)  # type: ignore[no-untyped-call] # it says no types
    except (ImportError, ValueError) as error:
        scheme = url.partition(":")[0]
        missing = "s3fs" if scheme in ("s3", "s3a") else f"a driver of fsspec for {scheme}://"
        extra = " (mage_jlab[s3])" if missing == "s3fs" else ""
        raise StatedError(
            "MissingPackage",
            f"Data products lie at {url}, and {missing}{extra} is not installed here: install it "
            "in the environment of the blocks.",
        ) from error
    return store, base.rstrip("/")
