# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How to reach an SMTP server, from the options of a task."""

from __future__ import annotations

import dataclasses
import re
import ssl
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._argspec import ArgumentSpec, from_environment
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._idn import ascii_name

PORTS: t.Mapping[str, int] = {"starttls": 587, "tls": 465, "none": 25}
"""By the kind of security (RFC 6409, RFC 8314, RFC 5321)."""


def smtp_options() -> ArgumentSpec:
    """Options of the connection, as in the documentation fragment P(hosting.websec.smtp)."""
    return ArgumentSpec(
        options={
            "smtp_host": from_environment("SITELOCK_SMTP_HOST", type="str", default="localhost"),
            "smtp_port": from_environment("SITELOCK_SMTP_PORT", type="int"),
            "smtp_security": from_environment(
                "SITELOCK_SMTP_SECURITY", type="str", choices=sorted(PORTS), default="starttls"
            ),
            "smtp_username": from_environment("SITELOCK_SMTP_USERNAME", type="str"),
            "smtp_password": from_environment("SITELOCK_SMTP_PASSWORD", type="str", no_log=True),
            "smtp_ca_path": from_environment("SITELOCK_SMTP_CA_PATH", type="path"),
            "smtp_validate_certs": from_environment("SITELOCK_SMTP_VALIDATE_CERTS", type="bool", default=True),
            "smtp_timeout": from_environment("SITELOCK_SMTP_TIMEOUT", type="int", default=30),
        },
    )


@dataclasses.dataclass(frozen=True)
class SmtpSettings:
    """:param security: one of ``PORTS``. With C(none) there is no sign-in."""

    host: str
    port: int
    security: str
    username: str | None
    password: str | None
    ca_path: str | None
    validate_certs: bool
    timeout: float

    @classmethod
    def from_options(cls, options: t.Mapping[str, t.Any]) -> SmtpSettings:
        """:raises BadInputError: the options contradict each other."""
        security = options["smtp_security"]
        port = options["smtp_port"] or PORTS[security]
        if not 0 < port < 65536:
            raise BadInputError(f"smtp_port is {port}; it must be from 1 to 65535.")
        if options["smtp_timeout"] < 1:
            raise BadInputError(f"smtp_timeout is {options['smtp_timeout']}; it must be 1 or greater.")
        username, password = options["smtp_username"] or None, options["smtp_password"] or None
        if (username is None) != (password is None):
            raise BadInputError(
                "Only one of smtp_username and smtp_password is set.", hint="Set both, or none of them."
            )
        if security == "none" and password is not None:
            raise BadInputError(
                "smtp_security is none, and smtp_password is set: the password would go over the network unencrypted.",
                hint="Set smtp_security to starttls or tls, or omit smtp_username and smtp_password.",
            )
        try:
            host = ascii_name(options["smtp_host"].strip())
            if not host or not re.fullmatch(r"[A-Za-z0-9_.:-]+", host):
                raise ValueError("it is no host name")
        except ValueError as error:
            raise BadInputError(f"smtp_host is {options['smtp_host']!r}, which is not valid: {error}.") from None
        return cls(
            host=host,
            port=port,
            security=security,
            username=username,
            password=password,
            ca_path=options["smtp_ca_path"],
            validate_certs=options["smtp_validate_certs"],
            timeout=float(options["smtp_timeout"]),
        )

    def tls(self) -> ssl.SSLContext:
        """:raises BadInputError: the certificates of C(smtp_ca_path) cannot be read."""
        try:
            context = ssl.create_default_context(cafile=self.ca_path)
        except (OSError, ssl.SSLError) as error:
            raise BadInputError(f"smtp_ca_path: {self.ca_path} cannot be read: {error}.") from None
        if not self.validate_certs:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context
