"""Every address and verb of the running server refuses strangers and the unauthorised."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from jupyter_server.auth.authorizer import Authorizer
from jupyter_server.serverapp import ServerApp
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.web import Application, RequestHandler
from tornado.websocket import WebSocketHandler, websocket_connect

VERBS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


class Refusing(Authorizer):
    """Allows nothing, and remembers what it was asked."""

    asked: list[tuple[str, str]] = []

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        self.asked.append((action, resource))
        return False


def our_rules(application: Application) -> Iterator[tuple[str, type[RequestHandler]]]:
    """Give an address for each rule of the server that a handler of this package answers."""
    queue: list[Any] = [application.default_router, application.wildcard_router]
    seen = set()
    while queue:
        for rule in getattr(queue.pop(), "rules", []):
            if hasattr(rule.target, "rules"):
                queue.append(rule.target)
                continue
            target = rule.target
            if not (isinstance(target, type) and target.__module__.startswith("mage_jlab.")):
                continue
            pattern = rule.matcher.regex.pattern.rstrip("$")
            pattern = pattern.replace("(?:/.*)?", "/nowhere")
            address = re.sub(r"\([^)]*\)", "x", pattern).replace("\\", "")
            if address not in seen:
                seen.add(address)
                yield address, target


def verbs_of(handler: type[RequestHandler]) -> list[str]:
    """Give the verbs that a handler answers itself; all, where it answers in prepare."""
    own = [
        verb
        for verb in VERBS
        if getattr(handler, verb.lower()) is not getattr(RequestHandler, verb.lower())
    ]
    return own or list(VERBS)


Ask = Callable[[str, str, dict[str, str]], Awaitable[tuple[int, bytes]]]


@pytest.fixture
def ask(jp_serverapp: ServerApp, http_server_client: Any) -> Ask:
    """Try a verb at an address: ``await ask("GET", address, headers)`` gives status and body."""

    async def answer_of(verb: str, address: str, headers: dict[str, str]) -> tuple[int, bytes]:
        body = "{}" if verb in ("POST", "PUT", "PATCH") else None
        answer = await http_server_client.fetch(
            address,
            method=verb,
            headers=headers,
            body=body,
            follow_redirects=False,
            raise_error=False,
        )
        return answer.code, answer.body

    return answer_of


def test_the_rules_are_all_found(jp_serverapp: ServerApp) -> None:
    from mage_jlab.api.routes import ROUTES

    found = dict(our_rules(jp_serverapp.web_app))
    assert len(found) == len(ROUTES) + 1
    assert set(found.values()) >= {route.handler for route in ROUTES}
    assert any(issubclass(handler, WebSocketHandler) for handler in found.values())


async def test_strangers_are_refused_everywhere(jp_serverapp: ServerApp, ask: Ask) -> None:
    tried = 0
    for address, handler in our_rules(jp_serverapp.web_app):
        for verb in verbs_of(handler):
            status, _ = await ask(verb, address, {})
            assert status in (401, 403), f"{verb} {address} answers {status} to a stranger"
            tried += 1
    assert tried > 30


async def test_a_refusing_authoriser_is_asked_everywhere(
    jp_serverapp: ServerApp,
    jp_auth_header: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    ask: Ask,
) -> None:
    refusing = Refusing(parent=jp_serverapp, identity_provider=jp_serverapp.identity_provider)
    monkeypatch.setitem(jp_serverapp.web_app.settings, "authorizer", refusing)
    tried = 0
    for address, handler in our_rules(jp_serverapp.web_app):
        if address.endswith("nowhere"):
            continue  # there is nothing to allow or refuse
        for verb in verbs_of(handler):
            refusing.asked.clear()
            status, body = await ask(verb, address, jp_auth_header)
            assert status == 403, f"{verb} {address} answers {status} against the authoriser"
            assert [resource for _, resource in refusing.asked] == ["mage"]
            said = json.loads(body)
            assert said["reason"] == "forbidden"
            tried += 1
    assert tried > 30


@pytest.mark.parametrize(
    ("verb", "path", "action"),
    [
        ("GET", "runs", "read"),
        ("POST", "runs", "execute"),
        ("POST", "runs/x/cancel", "execute"),
        ("POST", "runs/x/retry", "execute"),
        ("POST", "triggers/x/fire", "execute"),
        ("POST", "engine/start", "execute"),
        ("POST", "engine/stop", "execute"),
        ("PUT", "projects/x/pipelines/x/blocks/x", "write"),
        ("PATCH", "triggers/x", "write"),
        ("DELETE", "triggers/x", "write"),
        ("POST", "notebooks/export", "write"),
        ("POST", "notebooks/check", "read"),
    ],
)
async def test_the_authoriser_is_asked_for_the_right_action(
    jp_serverapp: ServerApp,
    jp_auth_header: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    ask: Ask,
    verb: str,
    path: str,
    action: str,
) -> None:
    refusing = Refusing(parent=jp_serverapp, identity_provider=jp_serverapp.identity_provider)
    refusing.asked.clear()
    monkeypatch.setitem(jp_serverapp.web_app.settings, "authorizer", refusing)
    address = f"{jp_serverapp.base_url}mage/{path}"
    await ask(verb, address, jp_auth_header)
    assert refusing.asked == [(action, "mage")]


async def test_the_socket_refuses_strangers_and_the_unauthorised(
    jp_serverapp: ServerApp,
    jp_auth_header: dict[str, str],
    jp_http_port: int,
    ask: Ask,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = f"ws://127.0.0.1:{jp_http_port}{jp_serverapp.base_url}mage/runs/x/log/tail"
    with pytest.raises(HTTPClientError) as stranger:
        await websocket_connect(HTTPRequest(url))
    assert stranger.value.code == 403
    refusing = Refusing(parent=jp_serverapp, identity_provider=jp_serverapp.identity_provider)
    refusing.asked.clear()
    monkeypatch.setitem(jp_serverapp.web_app.settings, "authorizer", refusing)
    with pytest.raises(HTTPClientError) as refused:
        await websocket_connect(HTTPRequest(url, headers=jp_auth_header))
    assert refused.value.code == 403
    assert refusing.asked == [("read", "mage")]


async def test_the_socket_refuses_a_foreign_origin(
    jp_serverapp: ServerApp, http_server_client: Any, jp_http_port: int
) -> None:
    # A token says itself that its bearer is meant; a cookie is sent by any site's page.
    token = jp_serverapp.identity_provider.token
    base = jp_serverapp.base_url
    answer = await http_server_client.fetch(f"{base}mage/engine?token={token}")
    cookie = "; ".join(c.split(";")[0] for c in answer.headers.get_list("Set-Cookie"))
    url = f"ws://127.0.0.1:{jp_http_port}{base}mage/runs/x/log/tail"
    headers = {"Cookie": cookie, "Origin": f"http://127.0.0.1:{jp_http_port}"}
    with pytest.raises(HTTPClientError) as allowed:
        await websocket_connect(HTTPRequest(url, headers=headers))
    assert allowed.value.code == 404
    headers["Origin"] = "https://elsewhere.example"
    with pytest.raises(HTTPClientError) as refused:
        await websocket_connect(HTTPRequest(url, headers=headers))
    assert refused.value.code == 403
