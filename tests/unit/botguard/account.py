# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A small model of a BotGuard account, with responses that can be replaced or lost."""

from __future__ import annotations

import contextlib
import dataclasses
import http.server
import json
import threading
import typing as t
from urllib.parse import parse_qs, parse_qsl

from ansible_collections.hosting.websec.plugins.module_utils._botguard.client import BotGuardClient
from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect, guard
from ansible_collections.hosting.websec.plugins.module_utils._errors import UnavailableError
from ansible_collections.hosting.websec.plugins.module_utils._http.client import HttpClient
from ansible_collections.hosting.websec.plugins.module_utils._http.response import HttpResponse
from ansible_collections.hosting.websec.plugins.module_utils._http.settings import HttpSettings

KEY = "11111111-2222-3333-4444-555555555555"

HTML = HttpResponse(200, "text/html", b"<html><body>We will be back soon</body></html>")


def answer(status: int, content: t.Any) -> HttpResponse:
    """A response: ``content`` as JSON, or unchanged if it is bytes."""
    return HttpResponse(
        status, "application/json", content if isinstance(content, bytes) else json.dumps(content).encode()
    )


def refusal(status: int, message: str) -> HttpResponse:
    return answer(status, {"status": "error", "message": message})


@dataclasses.dataclass
class Fault:
    """A fault of the next ``times`` calls of this name: ``reply`` instead of the response, C(None) for no response."""

    call: str
    reply: HttpResponse | None = None
    has_effect: bool = False
    times: int = 1


class Account:
    """The vendor's side.

    ``websites`` is status by domain, ``users`` the sub-accounts. ``calls`` has every call in order, ``forms`` the data
    of the writes.
    """

    def __init__(self, websites: t.Mapping[str, str] | None = None, *, not_found: HttpResponse | None = None) -> None:
        self.websites = dict(websites or {})
        self.not_found = not_found or refusal(404, "Website not found")
        self.new_status = "online"
        self.users: list[dict[str, t.Any]] = []
        self.filters = True
        """Whether the filter of C(GET /user) has an effect."""
        self.knows_its_users = False
        """Whether a website of an unknown sub-account is refused."""
        self.fields: dict[str, t.Any] = {}
        self.faults: list[Fault] = []
        self.calls: list[str] = []
        self.forms: list[dict[str, str]] = []
        self._lock = threading.Lock()

    @property
    def writes(self) -> list[str]:
        return [call for call in self.calls if not call.startswith("GET ")]

    def take(
        self, method: str, path: str, form: t.Mapping[str, str], query: t.Mapping[str, str] | None = None
    ) -> HttpResponse | None:
        """Answer one call; C(None): no response."""
        call = f"{method} {path}"
        with self._lock:
            self.calls.append(call)
            if method != "GET":
                self.forms.append(dict(form))
            fault = next((fault for fault in self.faults if fault.call == call and fault.times), None)
            if path == "/user" and method == "GET" and fault is None:
                return self._users(query or {})
            if fault is None:
                return self._do(method, path, form)
            fault.times -= 1
            if fault.has_effect:
                self._do(method, path, form)
            return fault.reply

    def _do(self, method: str, path: str, form: t.Mapping[str, str]) -> HttpResponse:
        if (method, path) == ("GET", "/website"):
            return answer(200, [self._shown(domain) for domain in self.websites])
        if (method, path) == ("POST", "/user"):
            self.users.append({**form, "id": 4711 + len(self.users), "api_key": f"sub-key-{len(self.users)}"})
            return answer(200, self.users[-1])
        if method == "POST":
            if self.knows_its_users and "user" in form and form["user"] not in [str(user["id"]) for user in self.users]:
                return refusal(400, "Unknown user")
            if form["domain"] in self.websites:
                return refusal(409, "Website already exists")
            self.websites[form["domain"]] = self.new_status
            return answer(200, self._shown(form["domain"]))
        domain = path.rpartition("/")[2]
        if domain not in self.websites:
            return self.not_found
        if method == "PUT":
            self.websites[domain] = form["status"]
        if method == "DELETE":
            del self.websites[domain]
            return answer(204, b"")
        return answer(200, self._shown(domain))

    def _users(self, query: t.Mapping[str, str]) -> HttpResponse:
        email = query.get("email") if self.filters else None
        return answer(200, [user for user in self.users if email in (None, user["email"])])

    def _shown(self, domain: str) -> dict[str, t.Any]:
        return {"domain": domain, "status": self.websites[domain], **self.fields}


class Wire(HttpClient):
    """The transport without a network, for tests of requests and decisions."""

    def __init__(self, account: Account, *, read_only: bool = False) -> None:
        super().__init__(HttpSettings(), url="https://api.example", server="BotGuard API", read_only=read_only)
        self._account = account

    def send(
        self,
        effect: Effect,
        method: str,
        path: str = "",
        *,
        call: str,
        data: t.Any = None,
        params: t.Any = None,
        headers: t.Any = None,
        is_final: t.Any = None,
    ) -> HttpResponse:
        guard(effect, call, read_only=self._read_only)
        reply = self._account.take(method, path, data or {}, params)
        if reply is None:
            raise UnavailableError(f"{call}: the connection broke before the response arrived.", may_have_happened=True)
        return reply


def client_of(account: Account, *, read_only: bool = False) -> BotGuardClient:
    return BotGuardClient(Wire(account, read_only=read_only), KEY)


@dataclasses.dataclass(frozen=True)
class Request:
    """One request as received."""

    method: str
    path: str
    headers: dict[str, str]
    body: str


@contextlib.contextmanager
def serving(account: Account) -> t.Iterator[tuple[str, list[Request]]]:
    """``account`` on a loopback port: its address, and the received requests."""
    requests: list[Request] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def handle_one_request(self) -> None:
            with contextlib.suppress(ConnectionError):
                super().handle_one_request()

        def log_message(self, *_arguments: t.Any) -> None:
            """Keep the output of the tests clean."""

        def respond(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
            requests.append(Request(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            form = {name: values[-1] for name, values in parse_qs(body).items()}
            location, _mark, query = self.path.partition("?")
            reply = account.take(self.command, location, form, dict(parse_qsl(query)))
            self.close_connection = reply is None
            if reply is not None:
                self.send_response(reply.status)
                self.send_header("Content-Type", reply.content_type)
                if reply.status in (301, 302, 303):
                    self.send_header("Location", "/elsewhere")
                if reply.status != 204:
                    self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                if reply.status != 204:
                    self.wfile.write(reply.body)

        do_GET = do_POST = do_PUT = do_DELETE = respond

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", requests
        finally:
            server.shutdown()
            thread.join()


def module_options(api_url: str, **more: t.Any) -> dict[str, t.Any]:
    """Options of a BotGuard module with their defaults, as AnsibleModule returns them."""
    return {
        "api_url": api_url,
        "api_key": KEY,
        "lang": "en",
        "validate_certs": True,
        "ca_path": None,
        "client_cert": None,
        "client_key": None,
        "timeout": 5,
        "retries": 0,
        "max_orders": None,
        "max_removals": None,
        "percentage_of": None,
        "exceed_limits": False,
        **more,
    }
