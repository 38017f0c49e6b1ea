"""The tables of the ledger.

Times are microseconds since the epoch, in UTC; JSON is text; ids are text that sorts by creation.
What a row needs beyond the core columns is there so that a reader needs no file of the project.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Sequence = BigInteger().with_variant(Integer, "sqlite")
"""A number that the database counts itself; SQLite counts only in plain integers."""

ROOM = {"fillfactor": "70"}
"""Storage of rows that are updated often: room on the page for the next version of the row."""

node = Table(
    "node",
    metadata,
    Column("id", Text, primary_key=True),
    Column("host", Text, nullable=False),
    Column("boot_id", Text, nullable=False),
    Column("pid", BigInteger, nullable=False),
    Column("pid_start", Float, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("last_seen_at", BigInteger, nullable=False),
    postgresql_with=ROOM,
)

project = Table(
    "project",
    metadata,
    Column("id", Text, primary_key=True),
    Column("uuid", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("data_root", Text, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
)

snapshot = Table(
    "snapshot",
    metadata,
    Column("hash", Text, nullable=False),
    Column("project_id", Text, ForeignKey("project.id"), nullable=False),
    Column("manifest", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("hash", "project_id"),
)

trigger = Table(
    "trigger",
    metadata,
    Column("id", Text, primary_key=True),
    Column("project_id", Text, ForeignKey("project.id"), nullable=False),
    Column("pipeline", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("spec", Text, nullable=False),
    Column("tz", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("enabled_here", Boolean, nullable=False),
    Column("token_hash", Text),
    Column("variables", Text, nullable=False),
    Column("catch_up", Text, nullable=False),
    Column("overlap", Text, nullable=False),
    Column("envs", Text, nullable=False),
    Column("description", Text),
    Column("rev", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    UniqueConstraint("project_id", "pipeline", "name"),
)

op = Table(
    "op",
    metadata,
    Column("op_id", Text, primary_key=True),
    Column("result", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)

schedule = Table(
    "schedule",
    metadata,
    Column("id", Text, primary_key=True),
    Column("trigger_id", Text, ForeignKey("trigger.id"), nullable=False),
    Column("rev", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("spec", Text, nullable=False),
    Column("tz", Text, nullable=False),
    Column("policy", Text, nullable=False),
    Column("next_fire_at", BigInteger),
    Column("last_nominal", BigInteger),
    UniqueConstraint("trigger_id"),
)
Index("ix_schedule_due", schedule.c.next_fire_at, schedule.c.id)

miss = Table(
    "miss",
    metadata,
    Column("id", Text, primary_key=True),
    Column("schedule_id", Text, nullable=False),
    Column("project_id", Text, nullable=False),
    Column("pipeline", Text, nullable=False),
    Column("trigger", Text, nullable=False),
    Column("from_nominal", BigInteger, nullable=False),
    Column("to_nominal", BigInteger, nullable=False),
    Column("count", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)
Index("ix_miss_project", miss.c.project_id, miss.c.at, miss.c.id)

run = Table(
    "run",
    metadata,
    Column("id", Text, primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("project_id", Text, ForeignKey("project.id"), nullable=False),
    Column("pipeline", Text, nullable=False),
    Column("snapshot", Text, nullable=False),
    Column("blocks", Text),
    Column("trigger_id", Text),
    Column("trigger_name", Text),
    Column("schedule_id", Text),
    Column("nominal_key", Text),
    Column("nominal_at", BigInteger),
    Column("interval_end", BigInteger),
    Column("state", Text, nullable=False),
    Column("held", Boolean, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("variables", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("started_at", BigInteger),
    Column("ended_at", BigInteger),
    Column("cancel_requested", Boolean, nullable=False),
    Column("failed_block", Text),
    Column("error", Text),
    UniqueConstraint("schedule_id", "nominal_key"),
    UniqueConstraint("project_id", "pipeline", "number"),
)
Index("ix_run_newest", run.c.created_at, run.c.id)
Index("ix_run_project", run.c.project_id, run.c.created_at, run.c.id)
Index("ix_run_trigger", run.c.trigger_id, run.c.created_at, run.c.id)
LIVE_RUN = text("state IN ('queued', 'running')")
Index("ix_run_live", run.c.trigger_id, sqlite_where=LIVE_RUN, postgresql_where=LIVE_RUN)

block_run = Table(
    "block_run",
    metadata,
    Column("id", Text, primary_key=True),
    Column("run_id", Text, ForeignKey("run.id"), nullable=False),
    Column("block", Text, nullable=False),
    Column("item", Text, nullable=False, server_default=text("''")),
    Column("position", Integer, nullable=False),
    Column("type", Text, nullable=False),
    Column("snapshot", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("deps_left", Integer, nullable=False),
    Column("pool", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("ready_at", BigInteger),
    Column("owner_node", Text),
    Column("token", BigInteger, nullable=False, server_default=text("0")),
    Column("cached", Boolean, nullable=False),
    Column("crash_count", Integer, nullable=False, server_default=text("0")),
    Column("error_count", Integer, nullable=False, server_default=text("0")),
    Column("code_hash", Text),
    Column("input_hash", Text),
    Column("env_hash", Text),
    Column("started_at", BigInteger),
    Column("ended_at", BigInteger),
    # An item's own name; what the end of the block decided for those below it (its fan-out, or
    # what a condition said); and, in the row that stands for all items, how many there are to be,
    # how many have a row, and how many have not ended.
    Column("item_name", Text),
    Column("decided", Text),
    Column("items_all", Integer),
    Column("items_made", Integer),
    Column("items_left", Integer),
    # A sensor's polls that said no, and since when it is being asked.
    Column("polls", Integer, nullable=False, server_default=text("0")),
    Column("polling_since", BigInteger),
    # The block run whose products a cached one took.
    Column("origin", Text),
    UniqueConstraint("run_id", "block", "item"),
    postgresql_with=ROOM,
)
CACHED = text("input_hash IS NOT NULL")
Index(
    "ix_block_run_cache",
    block_run.c.input_hash,
    block_run.c.env_hash,
    sqlite_where=CACHED,
    postgresql_where=CACHED,
)
READY = text("state = 'ready'")
RUNNING = text("state = 'running'")
Index(
    "ix_block_run_ready",
    block_run.c.pool,
    block_run.c.priority.desc(),
    block_run.c.ready_at,
    block_run.c.id,
    sqlite_where=READY,
    postgresql_where=READY,
)
Index(
    "ix_block_run_running",
    block_run.c.owner_node,
    sqlite_where=RUNNING,
    postgresql_where=RUNNING,
)

attempt = Table(
    "attempt",
    metadata,
    Column("block_run_id", Text, ForeignKey("block_run.id"), nullable=False),
    Column("token", BigInteger, nullable=False),
    Column("node_id", Text, nullable=False),
    Column("worker_pid", BigInteger),
    Column("worker_pgid", BigInteger),
    Column("worker_start", Float),
    Column("started_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("outcome", Text),
    Column("error", Text),
    Column("log_ref", Text, nullable=False),
    Column("peak_memory", BigInteger),
    Column("cpu", Float),
    PrimaryKeyConstraint("block_run_id", "token"),
)

product = Table(
    "product",
    metadata,
    Column("id", Text, primary_key=True),
    Column("block_run_id", Text, ForeignKey("block_run.id"), nullable=False),
    Column("token", BigInteger, nullable=False),
    Column("position", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("uri", Text),
    Column("inline", Text),
    Column("content_hash", Text, nullable=False),
    Column("schema", Text),
    Column("rows", BigInteger),
    Column("bytes", BigInteger, nullable=False),
    Column("manifest", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    # When the retention gave the product up, and when its files were gone after that.
    Column("pruned_at", BigInteger),
    Column("removed_at", BigInteger),
    UniqueConstraint("block_run_id", "name"),
)
Index("ix_product_uri", product.c.uri)

pool = Table(
    "pool",
    metadata,
    Column("name", Text, primary_key=True),
    Column("slots", Integer),
    CheckConstraint("slots IS NULL OR slots >= 0", name="slots"),
)

timer = Table(
    "timer",
    metadata,
    Column("id", Text, primary_key=True),
    Column("due_at", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("ref", Text, nullable=False),
    Column("token", BigInteger, nullable=False),
    Column("done", Boolean, nullable=False),
)
OPEN_TIMER = text("NOT done")
Index("ix_timer_due", timer.c.due_at, sqlite_where=OPEN_TIMER, postgresql_where=OPEN_TIMER)
Index("ix_timer_ref", timer.c.ref)

event = Table(
    "event",
    metadata,
    Column("seq", Sequence, primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("project_id", Text),
    Column("pipeline", Text),
    Column("run_id", Text),
    Column("block_run_id", Text),
    Column("block", Text),
    Column("trigger_id", Text),
    Column("state", Text),
    Column("payload", Text, nullable=False),
    sqlite_autoincrement=True,
)
Index("ix_event_run", event.c.run_id, event.c.seq)

cursor = Table(
    "cursor",
    metadata,
    Column("consumer", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
)
