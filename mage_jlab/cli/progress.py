"""A run while it goes on, on stderr: a live table in a terminal, else a line for each change."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from mage_jlab.cli.timeline import label, remark, rows, title, took
from mage_jlab.cli.words import MARKS, STYLES, WORDS, shown_state

if TYPE_CHECKING:
    from rich.console import Console, Group

    from mage_jlab.domain.run import Run


class Progress(Protocol):
    """Shows a run each time that something in it has changed."""

    def __enter__(self) -> Self:
        """Begin to show."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave what was shown last."""
        ...

    def show(self, run: Run) -> None:
        """Show the run as it stands now."""
        ...


def progress() -> Progress:
    """Give the progress that fits stderr: live where it is a terminal."""
    from rich.console import Console

    console = Console(stderr=True, highlight=False)
    return LiveTable(console) if console.is_terminal else Lines(console)


class Lines:
    """One line for each block that starts or ends, for logs and pipes.

    Args:
        console: where the lines go.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._seen: dict[tuple[str, str | None], str] = {}
        self._begun = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return None

    def show(self, run: Run) -> None:
        """Write what is new since the last time."""
        if not self._begun:
            self._begun = True
            self._write(f"Run {run.number} of {run.pipeline} ({run.id})")
        for block_run in rows(run):
            key = (block_run.block, block_run.item)
            state = shown_state(block_run)
            if self._seen.get(key) == state or state in ("pending", "ready"):
                continue
            self._seen[key] = state
            parts = [
                WORDS[state].lower(),
                took(block_run) if block_run.state.ended else "",
                remark(block_run),
            ]
            said = ", ".join(dict.fromkeys(part for part in parts if part))
            self._write(f"{MARKS[state]} {label(block_run)}: {said}")
        if run.state.ended:
            self._write(title(run))

    def _write(self, text: str) -> None:
        self._console.print(text, markup=False, soft_wrap=True)


class LiveTable:
    """The blocks as a table that stays in its place, with the time each has taken so far.

    Args:
        console: a terminal.
    """

    def __init__(self, console: Console) -> None:
        from rich.live import Live

        self._run: Run | None = None
        self._live = Live(console=console, get_renderable=self._drawing, refresh_per_second=8)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._live.refresh()
        self._live.stop()

    def show(self, run: Run) -> None:
        """Take the run as it stands now; the table is drawn anew eight times a second."""
        self._run = run

    def _drawing(self) -> Group:
        from rich.console import Group
        from rich.table import Table
        from rich.text import Text

        table = Table.grid(padding=(0, 2))
        table.add_column(no_wrap=True)
        table.add_column(no_wrap=True)
        table.add_column(justify="right", no_wrap=True)
        table.add_column(no_wrap=True, overflow="ellipsis")
        run = self._run
        if run is None:
            return Group(table)
        for block_run in rows(run):
            state = shown_state(block_run)
            style = STYLES.get(state, "dim")
            table.add_row(
                Text(MARKS[state], style=style),
                Text(label(block_run)),
                Text(took(block_run), style="dim"),
                Text(remark(block_run), style=style if "fail" in state else "dim"),
            )
        return Group(Text(title(run), style=STYLES.get(run.state, "")), table)
