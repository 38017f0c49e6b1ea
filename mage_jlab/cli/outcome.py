"""How a command ends: exit status, and one line on stderr when it went wrong.

0: it worked. 1: it was done and failed. 2: wrong use or bad input. 130: interrupted.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Sequence

import click

from mage_jlab.cli.root import root
from mage_jlab.domain.errors import MageError

DONE_AND_FAILED = 1
WRONG_USE = 2
INTERRUPTED = 130


def run(arguments: Sequence[str]) -> int:
    """Run one command line and give its exit status; errors become one line on stderr.

    With ``--json`` among the arguments, an error is also one JSON document on stdout.
    """
    as_json = "--json" in arguments
    try:
        status = root.main(list(arguments), prog_name="jupyter mage", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help())
        return 0
    except click.ClickException as error:
        return _fail("wrong-use", _with_command(error), as_json=as_json)
    except MageError as error:
        return _fail(error.reason, error.message, as_json=as_json)
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        # the reader of stdout has left; what the interpreter still has to flush goes nowhere
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        return _fail("system", _system_sentence(error), as_json=as_json)
    except Exception as error:  # noqa: BLE001 the last wall: a person never gets a traceback
        frame = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{os.path.basename(frame.filename)}, line {frame.lineno}"  # noqa: PTH119 a name from a traceback
        sentence = f"A fault of mage_jlab itself ({place}): {type(error).__name__}: {error}"
        return _fail("fault", sentence, as_json=as_json)
    return status if isinstance(status, int) else 0


def _fail(code: str, message: str, *, as_json: bool) -> int:
    line = " ".join(message.split())
    if as_json:
        click.echo(json.dumps({"error": {"code": code, "message": line}}, ensure_ascii=False))
    click.echo(line, err=True)
    return WRONG_USE


def _with_command(error: click.ClickException) -> str:
    context = getattr(error, "ctx", None)
    if context is None:
        return error.format_message()
    hint = f" `{context.command_path} --help` lists what it takes."
    return f"{context.command_path}: {error.format_message()}{hint}"


def _system_sentence(error: OSError) -> str:
    place = f"{os.fsdecode(error.filename)}: " if isinstance(error.filename, str | bytes) else ""
    return f"{place}{error.strerror or error}."
