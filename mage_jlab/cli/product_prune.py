"""``jupyter mage product prune``: what the retention gives up."""

from __future__ import annotations

import click

from mage_jlab.cli.session import Session, with_session
from mage_jlab.cli.words import extent, table


@click.command()
@click.option("--dry-run", is_flag=True, help="Only say what would go, and why.")
@with_session
def prune(session: Session, dry_run: bool) -> None:
    """Delete the data products that the project's retention does not keep."""
    given = session.services.retention.prune(session.project().id, dry_run=dry_run)
    size = sum(one.bytes for one in given)
    document = {
        "dryRun": dry_run,
        "count": len(given),
        "bytes": size,
        "products": [
            {key: value for key, value in one.to_json().items() if key != "products"}
            for one in given
        ],
    }
    rows = [
        [f"{one.pipeline}/{one.block}", extent(None, None, one.bytes), one.uri, one.why]
        for one in given
    ]
    word = "would go" if dry_run else "are gone"
    total = f"{len(given)} data products {word}: {extent(None, None, size)}."
    titles = ["Block", "Size", "Files", "Why"]
    session.answer(document, lambda: f"{table(titles, rows)}\n{total}" if given else total)
