"""Sparse matrices and arrays of scipy, in every format; their parts are mapped, not read."""

from __future__ import annotations

from typing import Any

from .parts import read_parts, write_parts

_PARTS = {
    "csr": ("data", "indices", "indptr"),
    "csc": ("data", "indices", "indptr"),
    "bsr": ("data", "indices", "indptr"),
    "dia": ("data", "offsets"),
}


class SparseCodec:
    """Keeps the arrays that a sparse one is made of, as they are: unsorted or doubled entries too.

    The formats that are dicts and lists in memory (``dok``, ``lil``) are kept by coordinates.
    """

    name = "sparse"
    form = "array"

    def handles(self, value: Any) -> bool:
        """Say whether a value is a sparse one of scipy's own classes."""
        import scipy.sparse

        kind = type(value)
        return scipy.sparse.issparse(value) and getattr(scipy.sparse, kind.__name__, None) is kind

    def describe(self, value: Any) -> dict[str, Any]:
        """Give the schema: one column of a type that says the shape and the stored entries."""
        shape = "×".join(map(str, value.shape))
        kind = f"{value.dtype} [{shape}], {value.format}, {value.nnz:,} stored"
        return {"schema": [{"name": "value", "type": kind}], "rows": int(value.shape[0])}

    def write(self, value: Any, file: Any) -> None:
        """Write the parts of a value."""
        head = {
            "kind": type(value).__name__,
            "format": value.format,
            "shape": [int(size) for size in value.shape],
            "dtype": value.dtype.str,
        }
        if value.format in _PARTS:
            arrays = {part: getattr(value, part) for part in _PARTS[value.format]}
            if value.format == "bsr":
                head["blocksize"] = [int(size) for size in value.blocksize]
        else:
            flat = value.tocoo()
            arrays = {"data": flat.data}
            for axis, places in enumerate(_coordinates(flat)):
                arrays[f"coordinate {axis}"] = places
        write_parts(file, head, arrays)

    def read(self, file: Any) -> Any:
        """Rebuild a value."""
        import scipy.sparse

        head, arrays = read_parts(file)
        kind, shape = getattr(scipy.sparse, head["kind"]), tuple(head["shape"])
        if head["format"] in _PARTS:
            extra = {"blocksize": tuple(head["blocksize"])} if "blocksize" in head else {}
            value = kind(shape, dtype=head["dtype"], **extra)
            # a constructor would choose another type for the indices
            for part, array in arrays.items():
                setattr(value, part, array)
            return value
        coordinates = tuple(arrays[f"coordinate {axis}"] for axis in range(len(shape)))
        is_array = head["kind"].endswith("_array")
        flat_kind = scipy.sparse.coo_array if is_array else scipy.sparse.coo_matrix
        flat = flat_kind((arrays["data"], coordinates), shape=shape)
        if head["format"] != "coo":
            return flat.asformat(head["format"])
        if hasattr(flat, "coords"):
            flat.coords = coordinates
        else:
            flat.row, flat.col = coordinates
        return flat


def _coordinates(flat: Any) -> tuple[Any, ...]:
    """Give the coordinates of entries, as scipy before 1.13 has them too."""
    return tuple(flat.coords) if hasattr(flat, "coords") else (flat.row, flat.col)
