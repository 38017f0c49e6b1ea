"""Connection profiles: Mage AI's ``io_config.yaml``, read by the worker when a block needs it.

The file is a Jinja template and then YAML. Values of ``env_var`` and secrets are put in after the
YAML was read, so that no password can break or change it; and only those of the profile that is
used, so that a variable that is not set matters to nobody else. Nothing of it is stored.
"""

from __future__ import annotations

import os
import re
import secrets as random
from dataclasses import dataclass, field
from typing import Any, Callable

from ..failures import StatedError
from .dialects import GRAMMARS, SYNONYMS
from .failures import missing_package
from .functions import Secrets

FILE = "io_config.yaml"

_GROUPS = {
    "AWS": "AWS", "BigQuery": "GOOGLE", "ClickHouse": "CLICKHOUSE", "Duck DB": "DUCKDB",
    "PostgreSQL": "POSTGRES", "Redshift": "REDSHIFT", "Snowflake": "SNOWFLAKE", "MySQL": "MYSQL",
}  # fmt: skip
"""The groups of the older, nested form of a profile, and the start of their flat keys."""

_RENAMED = {
    "POSTGRES_DATABASE": "POSTGRES_DBNAME",
    "REDSHIFT_DATABASE": "REDSHIFT_DBNAME",
    "SNOWFLAKE_WAREHOUSE": "SNOWFLAKE_DEFAULT_WH",
    "SNOWFLAKE_DATABASE": "SNOWFLAKE_DEFAULT_DB",
    "SNOWFLAKE_SCHEMA": "SNOWFLAKE_DEFAULT_SCHEMA",
    "GOOGLE_CREDENTIALS_MAPPING": "GOOGLE_SERVICE_ACC_KEY",
    "GOOGLE_CREDENTIALS_FILEPATH": "GOOGLE_SERVICE_ACC_KEY_FILEPATH",
    "DUCKDB_PATH": "DUCKDB_DATABASE",
}


@dataclass(frozen=True)
class Profile:
    """One profile; ``name`` is None where a block has none and needs none."""

    name: str | None = None
    keys: dict[str, Any] = field(default_factory=dict)

    @property
    def read_only(self) -> bool:
        """Whether nothing may be changed through it."""
        return str(self.keys.get("read_only", "")).lower() in ("true", "1", "yes")

    def get(self, key: str, default: Any = None) -> Any:
        """Give the value of a key; an empty one counts as none."""
        value = self.keys.get(key)
        return default if value in (None, "") else value

    def need(self, *keys: str) -> list[Any]:
        """Give the values of keys.

        Raises:
            StatedError: when one is not there.
        """
        missing = [key for key in keys if self.get(key) is None]
        if missing:
            raise StatedError(
                "BadProfile",
                f"The profile {self.name} in {FILE} has no {', '.join(missing)}: add it there.",
            )
        return [self.get(key) for key in keys]


def provider_of(configuration: dict[str, Any]) -> str:
    """Give the database that a block runs on, DuckDB by default.

    Raises:
        StatedError: when it is none that SQL blocks run on.
    """
    named = str(configuration.get("data_provider") or "duckdb").lower()
    provider = SYNONYMS.get(named, named)
    if provider not in GRAMMARS:
        raise StatedError(
            "UnknownProvider",
            f"SQL blocks do not run on {named}: data_provider can be {', '.join(GRAMMARS)}.",
        )
    return provider


def read_profile(place: str, wanted: str | None, secrets: Secrets) -> Profile:
    """Read a profile of a project.

    Args:
        place: the project's folder.
        wanted: the profile's name; None means the one that is named like the environment (``ENV``)
            where there is one, else ``default``.
        secrets: reads secrets.

    Returns:
        the profile; without a file, or without ``default``, an empty one.

    Raises:
        StatedError: when the file cannot be read, or has no such profile.
    """
    path = os.path.join(place, FILE)
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except FileNotFoundError:
        if wanted:
            raise StatedError(
                "BadProfile", f"There is no {FILE} with the profile {wanted} in the project."
            ) from None
        return Profile()
    except (OSError, UnicodeDecodeError) as error:
        raise StatedError("BadProfile", f"{FILE} cannot be read: {error}.") from None
    calls: dict[str, Callable[[], Any]] = {}
    tree = _tree(_rendered(text, secrets, calls))
    names = [name for name in tree if isinstance(tree[name], dict)]
    name = wanted or (os.environ.get("ENV") if os.environ.get("ENV") in names else "default")
    if name not in names:
        if wanted:
            raise StatedError(
                "BadProfile",
                f"{FILE} has no profile {wanted}; there are {', '.join(names) or 'none'}.",
            )
        return Profile()
    keys = _filled(_flat(tree[name]), calls)
    for key, value in keys.items():
        if re.search("PASSWORD|SECRET|TOKEN|PASSPHRASE", str(key).upper()) and value:
            secrets.keep(str(value))
    return Profile(name, keys)


def _rendered(text: str, secrets: Secrets, calls: dict[str, Callable[[], Any]]) -> str:
    """Render the file; each call of a function leaves a word that stands for its value."""
    if "{{" not in text and "{%" not in text:
        return text
    try:
        import jinja2
        import jinja2.sandbox
    except ImportError:
        raise missing_package("jinja2") from None
    nonce = random.token_hex(8)

    def later(function: Callable[..., Any]) -> Callable[..., str]:
        def call(*arguments: Any) -> str:
            word = f"mj{nonce}n{len(calls)}x"
            calls[word] = lambda: function(*arguments)
            return word

        return call

    environment = jinja2.sandbox.SandboxedEnvironment(undefined=jinja2.StrictUndefined)
    functions = {name: later(function) for name, function in secrets.functions().items()}
    try:
        return str(environment.from_string(text).render(functions))
    except jinja2.TemplateError as error:
        raise StatedError("BadProfile", f"{FILE} is no template: {error}.") from None


def _tree(text: str) -> dict[str, Any]:
    try:
        import yaml  # type: ignore[import-untyped]  # PyYAML has no types of its own
    except ImportError:
        raise missing_package("pyyaml") from None
    try:
        tree = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "it cannot be read"
        raise StatedError("BadProfile", f"{FILE}{where} is no YAML: {problem}.") from None
    if not isinstance(tree or {}, dict):
        raise StatedError("BadProfile", f"{FILE} is no mapping of profiles.")
    return tree or {}


def _flat(profile: dict[str, Any]) -> dict[str, Any]:
    """Give a profile with flat keys, also when it is of the older, nested form."""
    flat = dict(profile)
    for group, start in _GROUPS.items():
        nested = profile.get(group)
        if not isinstance(nested, dict):
            continue
        for key, value in nested.items():
            name = f"{start}_{str(key).upper()}"
            flat.setdefault(_RENAMED.get(name, name), value)
    if isinstance(profile.get("trino"), dict):
        for key, value in profile["trino"].items():
            flat.setdefault(f"TRINO_{str(key).upper()}", value)
    return flat


def _filled(value: Any, calls: dict[str, Callable[[], Any]]) -> Any:
    """Put the values of function calls in the places of their words."""
    if isinstance(value, dict):
        return {key: _filled(item, calls) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, calls) for item in value]
    if not isinstance(value, str) or not calls:
        return value
    if value in calls:
        return calls[value]()
    for word, call in calls.items():
        if word in value:
            value = value.replace(word, str(call()))
    return value
