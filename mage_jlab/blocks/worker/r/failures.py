"""Failures of R blocks: with R's own calls, and the place in the block's file."""

from __future__ import annotations

from ..failures import StatedError


class RError(StatedError):
    """A failure in R.

    Args:
        kind: the type that the reader sees.
        message: what happened, in R's words where it said so.
        line: the line of the block's file, from 1, where it is known.
        column: the column, from 1.
        shown: R's calls, for people.
    """

    def __init__(
        self,
        kind: str,
        message: str,
        line: int | None = None,
        column: int | None = None,
        shown: str = "",
    ) -> None:
        super().__init__(kind, message)
        self.line = line
        self.column = column
        self.shown = shown


def no_r(looked: str) -> StatedError:
    """Give the failure for a machine without R.

    Args:
        looked: where it was looked for.
    """
    return StatedError(
        "RNotInstalled",
        f"This block is written in R, and there is no Rscript {looked}: install R where the blocks "
        "run (apt-get install r-base-core, conda install r-base, or https://cran.r-project.org).",
    )


def cannot_go(what: str, why: str) -> StatedError:
    """Give the failure for a value that R cannot be given.

    Args:
        what: the value, as the reader knows it.
        why: what it is that cannot go over, and what to do.
    """
    return StatedError("NotForR", f"{what} cannot be given to R: {why}")
