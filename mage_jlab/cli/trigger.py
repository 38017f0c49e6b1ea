"""``jupyter mage trigger``: when pipelines run."""

from __future__ import annotations

from datetime import datetime

import click

from mage_jlab.cli.session import Session, with_session
from mage_jlab.cli.values import read_moment
from mage_jlab.cli.words import ago, table
from mage_jlab.domain.trigger import CatchUp, Overlap, Trigger, TriggerKind, TriggerSpec

REF = click.argument("ref", metavar="T")


@click.group()
def trigger() -> None:
    """Set when a pipeline runs.

    T is a trigger's id, pipeline/name, or a name that only one trigger of the project has.
    """


@trigger.command()
@click.argument("pipeline", metavar="P")
@click.option("--name", metavar="N", required=True, help="The trigger's name.")
@click.option("--cron", metavar="C", help="A cron expression: minute hour day month weekday.")
@click.option("--every", metavar="D", help="An interval: 15m, 6h, 1d.")
@click.option("--at", "at", metavar="TIME", help="Once, at this time (RFC 3339).")
@click.option(
    "--tz", metavar="Z", default="UTC", show_default=True, help="The zone of the cron expression."
)
@click.option(
    "--var",
    "assignments",
    metavar="K=V",
    multiple=True,
    help="A runtime variable; may be repeated.",
)
@click.option(
    "--catch-up",
    type=click.Choice([c.value for c in CatchUp]),
    default=CatchUp.LATEST.value,
    show_default=True,
    help="Which of the times to make up for that passed while no engine was up.",
)
@click.option(
    "--overlap",
    type=click.Choice([o.value for o in Overlap]),
    default=Overlap.QUEUE_ONE.value,
    show_default=True,
    help="What happens at a time while its last run still goes on.",
)
@with_session
def add(
    session: Session,
    pipeline: str,
    name: str,
    cron: str | None,
    every: str | None,
    at: str | None,
    tz: str,
    assignments: tuple[str, ...],
    catch_up: str,
    overlap: str,
) -> None:
    """Add a trigger to the pipeline P; it is enabled here at once."""
    from mage_jlab.services.variables import parse_assignments

    kinds = {TriggerKind.CRON: cron, TriggerKind.INTERVAL: every, TriggerKind.ONCE: at}
    given = [(kind, spec) for kind, spec in kinds.items() if spec is not None]
    if len(given) != 1:
        raise click.UsageError("Say when, in one way: --cron C, --every D or --at TIME.")
    kind, spec = given[0]
    wanted = TriggerSpec(
        name=name,
        pipeline=pipeline,
        kind=kind,
        spec=spec,
        tz=tz,
        variables=parse_assignments(assignments),
        catch_up=CatchUp(catch_up),
        overlap=Overlap(overlap),
    )
    _answer(session, session.services.triggers.add(session.project().id, wanted))


@trigger.command("list")
@click.option("--pipeline", metavar="P", help="Only triggers of this pipeline.")
@with_session
def list_(session: Session, pipeline: str | None) -> None:
    """List the project's triggers."""
    found = list(session.services.triggers.list(session.project().id, pipeline))
    document = {"triggers": [word.to_json() for word in found]}
    rows = [
        [
            f"{word.pipeline}/{word.name}",
            f"{word.kind} {word.spec}" + ("" if word.tz == "UTC" else f" {word.tz}"),
            "enabled" if word.enabled else "not enabled here",
            ago(word.next_at),
            ago(word.last_at),
        ]
        for word in found
    ]
    head = ["Trigger", "When", "State", "Next", "Last"]
    session.answer(document, lambda: table(head, rows) if rows else "No trigger yet.")


@trigger.command()
@REF
@with_session
def show(session: Session, ref: str) -> None:
    """Show one trigger."""
    _answer(session, _find(session, ref))


@trigger.command()
@REF
@with_session
def enable(session: Session, ref: str) -> None:
    """Let a trigger fire on this engine."""
    _answer(session, session.services.triggers.enable(_find(session, ref).id))


@trigger.command()
@REF
@with_session
def disable(session: Session, ref: str) -> None:
    """Keep a trigger from firing."""
    _answer(session, session.services.triggers.disable(_find(session, ref).id))


@trigger.command()
@REF
@with_session
def remove(session: Session, ref: str) -> None:
    """Remove a trigger from its pipeline."""
    found = _find(session, ref)
    session.services.triggers.remove(found.id)
    session.answer(found.to_json(), f"{found.pipeline}/{found.name} is removed.")


@trigger.command()
@REF
@with_session
def fire(session: Session, ref: str) -> None:
    """Start a run of a trigger now, beside its schedule."""
    run = session.services.triggers.fire(_find(session, ref).id)
    session.answer(run.to_json(), f"Run {run.number} of {run.pipeline} has begun: {run.id}")


@trigger.command("next")
@REF
@click.option(
    "--count",
    metavar="N",
    type=click.IntRange(1, 500),
    default=10,
    show_default=True,
    help="So many times.",
)
@click.option(
    "--after",
    metavar="TIME",
    callback=read_moment,
    help="Times after this one (RFC 3339); by default after now.",
)
@with_session
def next_(session: Session, ref: str, count: int, after: datetime | None) -> None:
    """Print the next times of a trigger, in its own zone."""
    found = _find(session, ref)
    times = session.services.triggers.next(
        found.kind, found.spec, found.tz, count=count, after=after
    )
    document = {"times": [time.local for time in times]}
    session.answer(
        document,
        lambda: (
            "\n".join(f"{t.local}  {t.zone}  {t.note or ''}".rstrip() for t in times)
            or "No more times."
        ),
    )


def _find(session: Session, ref: str) -> Trigger:
    return session.services.triggers.get(ref, session.project().id)


def _answer(session: Session, word: Trigger) -> None:
    def text() -> str:
        state = "enabled here" if word.enabled else "not enabled here"
        when = f"{word.kind} {word.spec} ({word.tz})"
        lines = [f"{word.pipeline}/{word.name}: {when}, {state}"]
        lines.append(f"id {word.id}, next {ago(word.next_at)}, last {ago(word.last_at)}")
        lines += [f"{name}={value!r}" for name, value in word.variables.items()]
        return "\n".join(lines)

    session.answer(word.to_json(), text)
