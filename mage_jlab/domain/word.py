"""The base of every word: an immutable value whose JSON form is the public one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, PlainSerializer


def rfc3339(moment: datetime) -> str:
    """Write an aware moment as the contract does: UTC, milliseconds, ``Z``."""
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


Moment = Annotated[AwareDatetime, PlainSerializer(rfc3339, return_type=str, when_used="json")]
"""An aware point in time; in JSON RFC 3339 in UTC."""

Json = Any
"""A value that JSON can hold."""


def json_key(name: str) -> str:
    """Give the JSON key of a field: ``from_`` and ``schema_`` are ``from`` and ``schema`` there."""
    return name.rstrip("_")


class Word(BaseModel):
    """An immutable value; its field names are the JSON keys of the contract."""

    model_config = ConfigDict(
        frozen=True,
        alias_generator=json_key,
        extra="forbid",
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        json_schema_serialization_defaults_required=True,
    )

    def to_json(self) -> dict[str, Any]:
        """Give the JSON form, as a dict of plain values."""
        return self.model_dump(mode="json")
