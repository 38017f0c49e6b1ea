"""The description of the API, made from its routes, its verbs and its words.

``python -m mage_jlab.api.openapi`` prints it; ``make contract`` writes ``openapi.yaml`` from it.
"""

from __future__ import annotations

import inspect
import io
import re
from http import HTTPStatus
from pathlib import Path
from typing import Any

from pydantic.json_schema import models_json_schema
from ruamel.yaml import YAML

from mage_jlab import __version__
from mage_jlab.api import contract
from mage_jlab.api.describe import ATTRIBUTE, Verb
from mage_jlab.api.routes import ROUTES, Route
from mage_jlab.api.wire import BODIES

FILE = Path(__file__).parent / "openapi.yaml"
VERBS = ("get", "post", "put", "patch", "delete")

_REF = "#/components/schemas/{model}"
_TEXT = {"type": "string"}
_ANSWERS: dict[str, dict[str, Any]] = {
    "lines": {
        "type": "object",
        "properties": {"lines": {"type": "array", "items": _TEXT}},
        "required": ["lines"],
    },
    "notebook": {
        "type": "object",
        "properties": {"notebook": {**_TEXT, "description": "Relative to the server's root."}},
        "required": ["notebook"],
    },
    "Checked": {
        "type": "object",
        "properties": {
            "analysis": {"$ref": _REF.format(model="Analysis")},
            "project": {"anyOf": [{"$ref": _REF.format(model="Project")}, {"type": "null"}]},
        },
        "required": ["analysis", "project"],
    },
    "Exported": {
        "allOf": [
            {"$ref": _REF.format(model="Export")},
            {
                "type": "object",
                "properties": {"project": {"$ref": _REF.format(model="Project")}},
                "required": ["project"],
            },
        ]
    },
    "Tagged": {
        "anyOf": [
            {
                "type": "object",
                "properties": {
                    "items": {"type": "array", "items": {"$ref": _REF.format(model="TaggedCell")}},
                    "next": {"type": "null"},
                },
                "required": ["items", "next"],
            },
            {"$ref": _REF.format(model="Fixed")},
        ]
    },
    "file": {"type": "string", "format": "binary"},
}
_ERRORS = (400, 401, 403, 404, 409, 413, 422, 503)
_NUMBERS = ("limit", "offset", "count", "lines", "rows")


def document() -> dict[str, Any]:
    """Give the OpenAPI document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "mage_jlab",
            "version": __version__,
            "description": "Every verb needs the server's token or cookie, and the authoriser's "
            "consent on the resource `mage`. Paths are relative to the server's root, times "
            "RFC 3339 in UTC.",
        },
        "servers": [{"url": "/mage"}],
        "security": [{"token": []}],
        "paths": {f"/{route.path}": _path(route) for route in ROUTES},
        "components": {
            "securitySchemes": {
                "token": {"type": "apiKey", "in": "header", "name": "Authorization"}
            },
            "responses": _error_responses(),
            "schemas": _schemas(),
        },
    }


def text() -> str:
    """Give the document as YAML."""
    yaml = YAML()
    yaml.width = 120
    yaml.representer.ignore_aliases = lambda _: True
    stream = io.StringIO()
    yaml.dump(document(), stream)
    return stream.getvalue()


def _path(route: Route) -> dict[str, Any]:
    described: dict[str, Any] = {}
    names = re.findall(r"{(\w+)}", route.path)
    if names:
        described["parameters"] = [
            {"name": name, "in": "path", "required": True, "schema": _TEXT} for name in names
        ]
    for verb in VERBS:
        method = getattr(route.handler, verb)
        said: Verb | None = getattr(method, ATTRIBUTE, None)
        if said is not None:
            described[verb] = _operation(route, verb, method, said)
    return described


def _operation(route: Route, verb: str, method: Any, said: Verb) -> dict[str, Any]:
    handler = route.handler.__name__.removesuffix("Handler")
    summary, _, rest = (inspect.getdoc(method) or "").partition("\n\n")
    operation: dict[str, Any] = {
        "operationId": f"{verb}{handler}",
        "tags": [route.path.split("/")[0]],
        "summary": " ".join(summary.split()),
        "x-action": said.action,
    }
    if rest:
        operation["description"] = " ".join(rest.split())
    if said.query:
        operation["parameters"] = [
            {
                "name": name,
                "in": "query",
                "description": sentence,
                "schema": {"type": "integer", "minimum": 0} if name in _NUMBERS else _TEXT,
            }
            for name, sentence in said.query
        ]
    if said.body:
        schema = {"$ref": _REF.format(model=said.body)}
        operation["requestBody"] = {"content": {"application/json": {"schema": schema}}}
    operation["responses"] = _responses(said)
    return operation


def _responses(said: Verb) -> dict[str, Any]:
    good: dict[str, Any] = {"description": HTTPStatus(said.status).phrase}
    if said.answer is not None:
        good["content"] = {said.media: {"schema": _answer(said.answer)}}
    responses = {str(said.status): good}
    for status in sorted({*said.errors, 401, 403}):
        responses[str(status)] = {"$ref": f"#/components/responses/{_error_name(status)}"}
    return responses


def _error_name(status: int) -> str:
    return HTTPStatus(status).phrase.title().replace(" ", "")


def _error_responses() -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": _REF.format(model="Error")}}}
    return {
        _error_name(status): {"description": HTTPStatus(status).phrase, "content": content}
        for status in _ERRORS
    }


def _answer(name: str) -> dict[str, Any]:
    if name in _ANSWERS:
        return _ANSWERS[name]
    if not name.endswith("[]"):
        return {"$ref": _REF.format(model=name)}
    item = {"$ref": _REF.format(model=name.removesuffix("[]"))}
    return {
        "type": "object",
        "properties": {
            "items": {"type": "array", "items": item},
            "next": {"type": ["string", "null"]},
        },
        "required": ["items", "next"],
    }


def _schemas() -> dict[str, Any]:
    _, words = models_json_schema(
        [(word, "serialization") for word in contract.WORDS], ref_template=_REF
    )
    _, bodies = models_json_schema([(body, "validation") for body in BODIES], ref_template=_REF)
    error = {
        "type": "object",
        "description": "What went wrong: a sentence for people, a code for programs.",
        "properties": {"message": _TEXT, "reason": _TEXT},
        "required": ["message", "reason"],
    }
    found = {**bodies["$defs"], **words["$defs"], "Error": error}
    return {name: found[name] for name in sorted(found)}


if __name__ == "__main__":
    import sys

    sys.stdout.write(text())
