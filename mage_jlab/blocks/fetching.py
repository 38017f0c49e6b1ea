"""Bringing products that lie behind a URL to where readers look for their files."""

from __future__ import annotations

from pathlib import Path

from mage_jlab.blocks.worker.codecs.decode import Decoder
from mage_jlab.blocks.worker.failures import StatedError
from mage_jlab.domain.attempt import StoredProduct
from mage_jlab.domain.errors import NotFoundError, UnprocessableError


def bring(stored: StoredProduct, products_root: Path) -> None:
    """Fetch the file of a product unless it is here.

    Args:
        stored: the product's manifest.
        products_root: the project's products folder.

    Raises:
        NotFoundError: ``product-lost`` when it is gone or was altered.
        UnprocessableError: when its place does not answer, or a package is missing.
    """
    if stored.uri is None:
        return
    try:
        Decoder(str(products_root)).fetch(stored.to_json())
    except StatedError as error:
        if error.kind == "ProductLost":
            raise NotFoundError(str(error), reason="product-lost") from error
        missing = error.kind == "MissingPackage"
        reason = "package-missing" if missing else "place-unreachable"
        raise UnprocessableError(str(error), reason=reason) from error
