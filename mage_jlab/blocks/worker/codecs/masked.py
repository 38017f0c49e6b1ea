"""numpy's masked arrays: the values, what is masked, and what fills the gaps."""

from __future__ import annotations

from typing import Any

from .parts import read_parts, write_parts

_KINDS = "biufcmMSU"


class MaskedCodec:
    """Keeps the values below the mask too."""

    name = "masked"
    form = "array"

    def handles(self, value: Any) -> bool:
        """Say whether a value is a masked array of numbers, times or texts."""
        import numpy as np

        if type(value) is not np.ma.MaskedArray or value.baseclass is not np.ndarray:
            return False
        return value.dtype.kind in _KINDS and not value.dtype.metadata

    def describe(self, value: Any) -> dict[str, Any]:
        """Give the schema and the number of rows."""
        shape = "×".join(map(str, value.shape)) or "scalar"
        rows = int(value.shape[0]) if value.ndim else None
        return {
            "schema": [{"name": "value", "type": f"{value.dtype} [{shape}], masked"}],
            "rows": rows,
        }

    def write(self, value: Any, file: Any) -> None:
        """Write the parts of a value."""
        import numpy as np

        data, mask = value.data, value.mask
        by_columns = data.flags.f_contiguous and not data.flags.c_contiguous
        arrays = {"data": data.T if by_columns else data}
        if str(value.fill_value) != str(np.ma.default_fill_value(value)):
            arrays["fill"] = np.asarray(value.fill_value)
        if mask is not np.ma.nomask:
            arrays["mask"] = mask.T if by_columns else mask
        write_parts(file, {"by_columns": by_columns, "hard": bool(value.hardmask)}, arrays)

    def read(self, file: Any) -> Any:
        """Rebuild a value."""
        import numpy as np

        head, arrays = read_parts(file)
        data, mask = arrays["data"], arrays.get("mask", np.ma.nomask)
        if head["by_columns"]:
            data, mask = data.T, mask if mask is np.ma.nomask else mask.T
        value = np.ma.MaskedArray(data, mask, hard_mask=head["hard"], copy=False)
        if "fill" in arrays:
            value.fill_value = arrays["fill"][()]
        return value
