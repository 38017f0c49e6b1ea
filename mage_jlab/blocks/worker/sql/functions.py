"""What templates may call, in SQL blocks and in ``io_config.yaml``, as in Mage AI."""

from __future__ import annotations

import json
import os
from typing import Any, Callable

from ..failures import StatedError
from .inputs import Inputs

_UNSET = object()


class Secrets:
    """Reads what must not be seen, and takes it out of messages.

    Secrets come from the environment: ``env_var('X')``, and ``mage_secret_var('x')`` from the
    variable of that name or of that name in capitals.
    """

    def __init__(self) -> None:
        self._known: set[str] = set()

    def env_var(self, name: str, default: Any = _UNSET) -> Any:
        """Give an environment variable.

        Raises:
            StatedError: when it is not set and there is no default.
        """
        text = os.environ.get(name)
        if text is None:
            if default is not _UNSET:
                return default
            raise StatedError(
                "MissingVariable", f"The environment variable {name} is not set: set it where the "
                "engine is started, or give env_var a default.",
            )  # fmt: skip
        return self.keep(text)

    def secret(self, name: str) -> str:
        """Give a secret by its name.

        Raises:
            StatedError: when there is none.
        """
        for candidate in (name, name.upper()):
            if candidate in os.environ:
                return self.keep(os.environ[candidate])
        raise StatedError(
            "MissingSecret",
            f"There is no secret {name}: set the environment variable {name.upper()} where the "
            "engine is started.",
        )

    def aws_secret(self, name: str) -> str:
        """Give a secret of AWS Secrets Manager.

        Raises:
            StatedError: when it cannot be had.
        """
        try:
            import boto3
        except ImportError:
            raise StatedError(
                "MissingPackage", 'aws_secret_var needs boto3: install it with pip install "boto3".'
            ) from None
        try:
            answer = boto3.client("secretsmanager").get_secret_value(SecretId=name)
        except Exception as error:
            raise StatedError("MissingSecret", f"The AWS secret {name}: {error}") from None
        return self.keep(str(answer["SecretString"]))

    def keep(self, text: str) -> str:
        """Remember a text as one that no message may show."""
        if len(text) > 3:
            self._known.add(text)
        return text

    def hidden(self, message: str) -> str:
        """Give a message without the secrets that were read."""
        for secret in sorted(self._known, key=len, reverse=True):
            message = message.replace(secret, "***")
        return message

    def functions(self) -> dict[str, Callable[..., Any]]:
        """Give what every template may call."""
        return {
            "env_var": self.env_var,
            "mage_secret_var": self.secret,
            "aws_secret_var": self.aws_secret,
            "json_value": json_value,
        }


def json_value(text: str, key: str) -> Any:
    """Give one key of a JSON text."""
    return json.loads(text).get(key)


def block_functions(
    secrets: Secrets, context: dict[str, Any], inputs: Inputs
) -> dict[str, Callable[..., Any]]:
    """Give what the template of a SQL block may call.

    Args:
        secrets: reads secrets.
        context: runtime variables and what the run says.
        inputs: what the blocks above gave.
    """

    def variables(name: str, parse: Any = None) -> Any:
        if name not in context:
            raise StatedError(
                "UndefinedName",
                f"There is no runtime variable {name}: give it a default in the pipeline's "
                "variables.",
            )
        return _parsed(parse, context[name])

    def block_output(name: str | None = None, parse: Any = None) -> Any:
        if name is None:
            data: Any = [_output(inputs, block) for block, _ in inputs.above]
        else:
            if name not in [block for block, _ in inputs.above]:
                raise StatedError(
                    "UndefinedName",
                    f"{name} is no block above: block_output gives outputs of upstream blocks.",
                )
            data = _output(inputs, name)
        return _parsed(parse, data, context)

    return {**secrets.functions(), "variables": variables, "block_output": block_output}


def _output(inputs: Inputs, block: str) -> Any:
    values = [inputs.records(source) for source in dict(inputs.above)[block]]
    return values[0] if len(values) == 1 else values


def _parsed(parse: Any, *arguments: Any) -> Any:
    if parse is None:
        return arguments[0]
    if isinstance(parse, str):
        # the block's own code, run where all of it runs: in its worker
        parse = eval(parse)  # noqa: S307  # as said above
    return parse(*arguments)
