"""The server extension: traits become services, services are handed to the routes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jupyter_events import EventLogger
from jupyter_server.extension.application import ExtensionApp
from traitlets import Enum, Int, Unicode, default

from mage_jlab.api.routes import rules
from mage_jlab.events.activity import POLICIES, Activity, default_policy
from mage_jlab.events.bridge import SCHEMA_FILE, SCHEMA_ID, Bridge
from mage_jlab.services.services import Services
from mage_jlab.store.paths import StateFolder


class MageApp(ExtensionApp):
    """Notebooks as pipelines, inside Jupyter Server."""

    name = "mage_jlab"
    description = "Turn a notebook into a data pipeline that runs every night."
    load_other_extensions = True

    state_dir = Unicode(
        help="Where the ledger, the engine's log and its lock live. By default what "
        "MAGE_JLAB_STATE_DIR says, else a folder in the user's Jupyter data.",
    ).tag(config=True)
    keep_alive = Enum(
        POLICIES,
        help="What keeps an otherwise idle server from being culled: live runs; schedules, which "
        "are live runs and enabled schedules; or none. By default schedules under JupyterHub, "
        "else runs.",
    ).tag(config=True)
    largest_body = Int(
        64 * 1024 * 1024, help="The largest request that is taken, in bytes: an unsaved notebook."
    ).tag(config=True)

    services: Services
    activity: Activity
    _bridge: Bridge | None = None

    @default("keep_alive")
    def _default_keep_alive(self) -> str:
        return default_policy()

    def initialize_settings(self) -> None:
        """Build the services; each opens what it needs when it is first asked."""
        assert self.serverapp is not None
        state = StateFolder.from_environ()
        if self.state_dir:
            folder = Path(self.state_dir).expanduser().absolute()
            state = StateFolder(folder, state.database_url_override)
        self.services = Services(state, root=Path(self.serverapp.root_dir))
        times = self.serverapp.web_app.settings["last_activity_times"]
        self.activity = Activity(self.keep_alive, times)
        self._event_logger().register_event_schema(SCHEMA_FILE)

    def initialize_handlers(self) -> None:
        """Hand the services to the routes."""
        self.handlers.extend(rules(services=self.services, largest_body=self.largest_body))

    async def _start_jupyter_server_extension(self, _: Any) -> None:
        """Follow the engine's events, once the server's loop runs."""
        self._bridge = Bridge(self.services, self._emit, self.activity.see, self.log)
        self._bridge.start()

    def current_activity(self) -> dict[str, int] | None:
        """Say whether runs are live, for servers that end themselves when nothing happens."""
        live = self.activity.live_runs
        return {"live_runs": live} if live and self.keep_alive != "none" else None

    async def stop_extension(self) -> None:
        """Stop following; the engine and its runs go on."""
        if self._bridge is not None:
            self._bridge.stop()

    def _emit(self, event: dict[str, Any]) -> None:
        self._event_logger().emit(schema_id=SCHEMA_ID, data=event)

    def _event_logger(self) -> EventLogger:
        assert self.serverapp is not None
        assert self.serverapp.event_logger is not None
        return self.serverapp.event_logger
