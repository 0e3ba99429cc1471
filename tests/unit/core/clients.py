# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An HTTP client against a scripted server, and certificates for both."""

from __future__ import annotations

import contextlib
import datetime
import ipaddress
import ssl
import typing as t
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect
from ansible_collections.hosting.websec.plugins.module_utils._http.client import HttpClient
from ansible_collections.hosting.websec.plugins.module_utils._http.response import HttpResponse
from ansible_collections.hosting.websec.plugins.module_utils._http.settings import HttpSettings
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext


class QuickContext(RunContext):
    """A run context in which pauses take no time; ``pauses`` records them, in seconds."""

    def __init__(self) -> None:
        super().__init__(clock=lambda: self.seconds)
        self.seconds = 1000.0
        self.pauses: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.check()
        self.pauses.append(seconds)
        self.seconds += seconds


class Sender:
    """A client whose requests differ only in their effect."""

    def __init__(self, client: HttpClient) -> None:
        self.client = client

    def __call__(self, effect: Effect = Effect.READ, data: bytes = b"question") -> HttpResponse:
        return self.client.send(effect, "POST", call="askIt", data=data)


@contextlib.contextmanager
def client_of(
    url: str, *, read_only: bool = False, context: RunContext | None = None, **settings: t.Any
) -> t.Iterator[Sender]:
    """Short time limits and no retries, unless the settings say otherwise; pauses take no time
    without a run context."""
    client = HttpClient(
        HttpSettings(**{"timeout": 5.0, "retries": 0, **settings}),
        url=url,
        server="Test API",
        read_only=read_only,
        context=context or QuickContext(),
    )
    with client:
        yield Sender(client)


def write_certificate(folder: Path, name: str = "server") -> tuple[str, str]:
    """A new self-signed certificate for 127.0.0.1 and its key, as the paths of two PEM files."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(tz=datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate_file, key_file = folder / f"{name}.pem", folder / f"{name}.key"
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return str(certificate_file), str(key_file)


def server_tls(certificate: tuple[str, str], *, client_ca: str | None = None) -> ssl.SSLContext:
    """TLS for a server with this certificate and key; with C(client_ca) it asks for a certificate of the client."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    if client_ca:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(client_ca)
    return context
