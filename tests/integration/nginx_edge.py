# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A real NGINX on loopback that plays the CDN: it serves the certificate of a site to who asks for its name."""

from __future__ import annotations

import contextlib
import pathlib
import shutil
import socket
import ssl
import subprocess

from integration.bind_server import free_port
from unit.patience import PATIENCE, wait_until
from unit.sitelock_policy.certificates import Made, make

_BIN = "/usr/sbin:/usr/bin:/sbin:/bin"
DEFAULT = make(("cdn.example",))


class NginxEdge:
    """An ``nginx`` on a free port; it stops at the end of the ``with`` block.

    :param folder: an empty folder.
    """

    def __init__(self, folder: pathlib.Path) -> None:
        self._folder = folder
        self.port = free_port()
        self._served: dict[str, Made] = {}
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> NginxEdge:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def _start(self) -> None:
        self._configure()
        nginx = shutil.which("nginx", path=_BIN)
        if nginx is None:
            raise RuntimeError("nginx is not installed (Debian package nginx)")
        log = self._folder / "error.log"
        self._process = subprocess.Popen([nginx, "-p", self._folder, "-c", "nginx.conf", "-e", log])
        wait_until(lambda: self._answer("cdn.example") == DEFAULT.der, "NGINX answers")

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(PATIENCE)
            self._process = None

    def serve(self, domain: str, made: Made | None) -> None:
        """Serve a certificate for a domain, or none.

        By another process: after a reload the old one still answers for a moment.
        """
        if made is None:
            self._served.pop(domain, None)
        else:
            self._served[domain] = made
        self.stop()
        self._start()

    def _answer(self, name: str) -> bytes | None:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with (
            contextlib.suppress(OSError),
            socket.create_connection(("127.0.0.1", self.port), PATIENCE) as plain,
            context.wrap_socket(plain, server_hostname=name) as tls,
        ):
            return tls.getpeercert(binary_form=True)
        return None

    def _configure(self) -> None:
        servers = []
        for domain, made in {"cdn.example": DEFAULT, **self._served}.items():
            file = self._folder / f"{made.read.fingerprint}.pem"
            file.write_text(made.pem + made.key_pem)
            default = " default_server" if made is DEFAULT else ""
            servers.append(
                f"server {{ listen 127.0.0.1:{self.port} ssl{default}; server_name {domain};"
                f" ssl_certificate {file}; ssl_certificate_key {file}; }}"
            )
        temporary = [f"{kind}_temp_path {kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")]
        lines = ["daemon off;", "worker_processes 1;", "pid nginx.pid;", "events {}"]
        (self._folder / "nginx.conf").write_text(
            "\n".join([*lines, "http {", "access_log off;", *temporary, *servers, "}"]) + "\n"
        )
