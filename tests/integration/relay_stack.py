# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The relay as the role sets it up, without systemd: a real NGINX with the configuration of the role, and the service
behind it on a socket that outlives it."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import http.client
import itertools
import json
import os
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import typing as t

import jinja2
from integration.bind_server import free_port
from integration.sandbox_server import CLIENT_ID, CLIENT_SECRET, PASSWORD, ROOT, USERNAME, SandboxServer
from unit.patience import PATIENCE, wait_until

ROLE = ROOT / "roles" / "sitelock_relay"
NAME = "localhost"
_BIN = "/usr/sbin:/usr/bin:/sbin:/bin"
# As systemd hands over a socket, see sd_listen_fds(3).
_HANDED = 'exec 3<&"$0"; export LISTEN_PID=$$ LISTEN_FDS=1; exec "$@"'
_TEMPORARY = "".join(f"{kind}_temp_path {kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))


def password_hash(password: str) -> str:
    """As in the variable C(sitelock_relay_clients)."""
    salt = os.urandom(16)
    key = hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1, dklen=32, maxmem=2**26)
    return f"scrypt$16384$8$1${base64.b64encode(salt).decode()}${base64.b64encode(key).decode()}"


class Service:
    """A program on a socket that is handed over, started again whenever it ends, as systemd does.

    :param command: of the program.
    :param path: of the socket.
    """

    def __init__(
        self, command: t.Sequence[str], path: pathlib.Path, environment: t.Mapping[str, str], log: pathlib.Path
    ) -> None:
        self._command = command
        self._environment = environment
        self._log = log
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(str(path))
        self._socket.listen(4096)
        self._over = False
        self._process = self._started()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _started(self) -> subprocess.Popen[bytes]:
        number = self._socket.fileno()
        with self._log.open("ab") as log:
            return subprocess.Popen(
                ["bash", "-c", _HANDED, str(number), *self._command],
                env={**os.environ, **self._environment},
                pass_fds=(number,),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def _watch(self) -> None:
        while not self._over:
            self._process.wait()
            if not self._over:
                self._process = self._started()

    @property
    def pid(self) -> int:
        return self._process.pid

    def kill(self) -> None:
        """As the kernel does it, and return when the next process runs."""
        killed = self._process
        killed.send_signal(signal.SIGKILL)
        wait_until(lambda: self._process is not killed, "the service was started again")

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def stop(self) -> None:
        self._over = True
        self._process.terminate()
        self._process.wait(PATIENCE)
        self._thread.join()
        self._socket.close()


class RelayStack:
    """NGINX on a free port of 127.0.0.1 and the relay; both stop at the end of the C(with) block.

    :param clients: as in the role's variable, with C(password) instead of C(password_hash).
    :param oauth: sign in at the vendor with tokens.
    :param encrypted: reach the vendor by TLS, with a CA file.
    :param settings: more of the service's configuration.
    :param variables: of the role.
    :param command: another program behind NGINX than the relay.
    :param python: that has the packages of the service.
    """

    def __init__(
        self,
        folder: pathlib.Path,
        sandbox: SandboxServer,
        clients: t.Sequence[t.Mapping[str, t.Any]],
        *,
        oauth: bool = False,
        encrypted: bool = False,
        settings: t.Mapping[str, t.Any] | None = None,
        variables: t.Mapping[str, t.Any] | None = None,
        command: t.Sequence[str] = ("-m", "sitelock_relay"),
        python: str = sys.executable,
    ) -> None:
        folder.mkdir(parents=True)
        self.folder = folder
        self.port, self._status_port, self._vendor_port = free_port(), free_port(), free_port()
        self.url = f"https://{NAME}:{self.port}/v1/partner"
        self.ca = folder / "tls.pem"
        self.socket = folder / "relay.sock"
        self._sandbox = sandbox
        self._clients = [
            {key: value for key, value in client.items() if key != "password"}
            | {"password_hash": password_hash(client["password"])}
            for client in clients
        ]
        base = f"https://{NAME}:{self._vendor_port}" if encrypted else sandbox.url
        signs_in = (
            {"upstream_client_id": CLIENT_ID, "upstream_token_url": f"{base}/v2/oauth2/token"}
            if oauth
            else {"upstream_user": USERNAME}
        )
        self._settings = {
            "clients": self._clients,
            "upstream_url": f"{base}/v1/partner",
            "upstream_ca_file": str(self.ca) if encrypted else "",
            "orders_file": str(folder / "orders.sqlite"),
            "audit_file": str(folder / "audit.log"),
            **signs_in,
            **(settings or {}),
        }
        self._variables = {
            "sitelock_relay_server_name": NAME,
            "sitelock_relay_connections_per_address": 64,
            "sitelock_relay_requests_per_second": 10_000,
            "sitelock_relay_timeout": 120,
            "sitelock_relay_status_port": self._status_port,
            "_sitelock_relay_clients": self._clients,
            "_sitelock_relay_listen": [f"127.0.0.1:{self.port}"],
            "_sitelock_relay_socket": self.socket,
            "_sitelock_relay_tls": {"certificate": self.ca, "key": folder / "tls.key"},
            "_sitelock_relay_found": {"results": []},
            "ansible_managed": "for a test",
            **(variables or {}),
        }
        self._command = [python, "-B", *command]

    def __enter__(self) -> RelayStack:
        self._make_certificate()
        credentials = self.folder / "credentials"
        credentials.mkdir()
        (credentials / "partner_password").write_text(PASSWORD, encoding="utf-8")
        (credentials / "partner_client_secret").write_text(CLIENT_SECRET, encoding="utf-8")
        self.configure()
        environment = {"CREDENTIALS_DIRECTORY": str(credentials), "PYTHONPATH": str(ROLE / "files")}
        command = [*self._command, str(self.folder / "config.json")]
        with contextlib.ExitStack() as started:
            self.service = Service(command, self.socket, environment, self.folder / "service.log")
            started.callback(self.service.stop)
            self._nginx = self._start_nginx()
            started.callback(self._nginx.wait, PATIENCE)
            started.callback(self._nginx.terminate)
            wait_until(self._answers, "the relay answers")
            self._started = started.pop_all()
        return self

    def __exit__(self, *_error: object) -> None:
        self._started.close()

    def configure(self, **settings: t.Any) -> None:
        """Write the configuration of the service, which a reload or a restart reads."""
        (self.folder / "config.json").write_text(json.dumps({**self._settings, **settings}), encoding="utf-8")

    def audit(self) -> list[dict[str, t.Any]]:
        """The lines of the audit log."""
        return _json_lines(self.folder / "audit.log")

    def accesses(self) -> list[dict[str, t.Any]]:
        """The lines of the access log."""
        return _json_lines(self.folder / "access.log")

    def refusals(self) -> list[dict[str, t.Any]]:
        """The lines that NGINX writes beside the audit log."""
        return _json_lines(self.folder / "refused.log")

    def log(self) -> str:
        """What the service and NGINX wrote, besides the audit log."""
        return (self.folder / "service.log").read_text() + (self.folder / "error.log").read_text()

    def workers(self) -> list[int]:
        """Process ids of NGINX and of the service."""
        children = pathlib.Path(f"/proc/{self._nginx.pid}/task/{self._nginx.pid}/children").read_text()
        return [self.service.pid, self._nginx.pid, *map(int, children.split())]

    def status(self, path: str) -> str:
        """A page of the status port."""
        connection = http.client.HTTPConnection("127.0.0.1", self._status_port, timeout=PATIENCE)
        with contextlib.closing(connection):
            connection.request("GET", path)
            return connection.getresponse().read().decode()

    def connect(self, source: str = "127.0.0.1") -> ssl.SSLSocket:
        """A TLS connection from an address of this machine."""
        context = ssl.create_default_context(cafile=str(self.ca))
        plain = socket.create_connection(("127.0.0.1", self.port), PATIENCE, (source, 0))
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return context.wrap_socket(plain, server_hostname=NAME)

    def _answers(self) -> bool:
        with contextlib.suppress(OSError, http.client.HTTPException):
            return self.status("/healthz") == "ok\n"
        return False

    def _make_certificate(self) -> None:
        subprocess.run(
            [
                *[
                    "openssl",
                    "req",
                    "-x509",
                    "-newkey",
                    "ec",
                    "-pkeyopt",
                    "ec_paramgen_curve:prime256v1",
                    "-nodes",
                    "-days",
                    "2",
                ],
                *("-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}"),
                *("-keyout", self.folder / "tls.key", "-out", self.ca),
            ],
            check=True,
            capture_output=True,
        )

    def _start_nginx(self) -> subprocess.Popen[bytes]:
        template = (ROLE / "templates" / "nginx.conf.j2").read_text(encoding="utf-8")
        # As the module template of Ansible.
        engine = jinja2.Environment(trim_blocks=True, keep_trailing_newline=True, undefined=jinja2.StrictUndefined)
        engine.filters["flatten"] = lambda lists: list(itertools.chain.from_iterable(lists))
        relay = engine.from_string(template).render(self._variables)
        log = "/var/log/nginx/sitelock-relay.log"
        journal = "syslog:server=unix:/dev/log,nohostname,tag=sitelock_relay"
        assert (relay.count(log), relay.count(journal)) == (1, 1)
        relay = relay.replace(log, "access.log").replace(journal, "refused.log")
        (self.folder / "relay.conf").write_text(relay, encoding="utf-8")
        (self.folder / "nginx.conf").write_text(
            "daemon off;\nworker_processes 1;\npid nginx.pid;\n"
            # Its workers have to reach the socket in a folder that only this user may read.
            + ("user root;\n" if os.geteuid() == 0 else "")
            + "events { worker_connections 1024; }\n"
            + f"http {{\naccess_log off;\n{_TEMPORARY}include relay.conf;\n"
            + f"server {{ listen 127.0.0.1:{self._vendor_port} ssl; ssl_certificate {self.ca}; "
            + f"ssl_certificate_key {self.folder / 'tls.key'}; "
            + f"location / {{ proxy_pass {self._sandbox.url}; }} }}\n}}\n",
            encoding="utf-8",
        )
        nginx = shutil.which("nginx", path=_BIN)
        if nginx is None:
            raise RuntimeError("nginx is not installed (Debian package nginx)")
        return subprocess.Popen([nginx, "-p", self.folder, "-c", "nginx.conf", "-e", self.folder / "error.log"])


def _json_lines(path: pathlib.Path) -> list[dict[str, t.Any]]:
    if not path.exists():
        return []
    # The last line may not be written to its end yet.
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n")[:-1]]
