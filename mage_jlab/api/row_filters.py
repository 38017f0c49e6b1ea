"""The filters of a request for rows; the words are loaded when the first one is asked for."""

from __future__ import annotations

from pydantic import TypeAdapter, ValidationError

from mage_jlab.domain.errors import BadInputError
from mage_jlab.domain.product_profile import FilterOp, RowFilter

_FILTERS = TypeAdapter(list[RowFilter])


def row_filters(text: str | None) -> list[RowFilter]:
    """Read the filters of a query.

    Raises:
        BadInputError: when they are no JSON list of filters.
    """
    if text is None:
        return []
    try:
        return _FILTERS.validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise BadInputError(
            f"The filter is no JSON list of {{column, op, value}} ({where or 'as a whole'}: "
            f"{first['msg']}); op is one of {', '.join(FilterOp)}.",
            "wrong-filter",
        ) from None
