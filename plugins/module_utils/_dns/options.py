# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connection options of the modules that talk to a name server (RFC 2136, TSIG)."""

from __future__ import annotations

import base64
import binascii
import dataclasses
import re
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._addresses import is_host_name, parse_address
from ansible_collections.hosting.websec.plugins.module_utils._argspec import ArgumentSpec, from_environment
from ansible_collections.hosting.websec.plugins.module_utils._dns.connection import Endpoint
from ansible_collections.hosting.websec.plugins.module_utils._dns.names import key_text, parse_key_name, parse_name
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing
from ansible_collections.hosting.websec.plugins.module_utils._parsing import whole_number

try:
    import dns.name
    import dns.tsig
except ImportError:
    note_missing("dnspython")

KEY_ALGORITHMS = (
    "hmac-md5",
    "hmac-sha1",
    "hmac-sha224",
    "hmac-sha256",
    "hmac-sha256-128",
    "hmac-sha384",
    "hmac-sha384-192",
    "hmac-sha512",
    "hmac-sha512-256",
)

_BRACKETED = re.compile(r"\[(?P<host>[^\]]+)\](?::(?P<port>[^\]]*))?")
_HMAC_MD5 = "hmac-md5.sig-alg.reg.int"
"""The name of C(hmac-md5) on the wire, which BIND also uses."""


@dataclasses.dataclass(frozen=True)
class ServerSettings:
    """The connection to a name server. ``timeout`` is in seconds, for one exchange.

    :param key: signs every message, or ``None``.
    """

    endpoint: Endpoint
    key: dns.tsig.Key | None = dataclasses.field(default=None, repr=False)
    timeout: float = 10.0

    @property
    def key_name(self) -> str | None:
        return key_text(self.key) if self.key is not None else None


def rfc2136_options(*, server_required: bool = True) -> ArgumentSpec:
    """The options, as in the documentation fragment P(hosting.websec.rfc2136)."""
    return ArgumentSpec(
        options={
            "server": from_environment("RFC2136_SERVER", type="str", required=server_required),
            "port": from_environment("RFC2136_PORT", type="int", default=53),
            "key_name": from_environment("RFC2136_KEY_NAME", type="str", no_log=False),
            "key_secret": from_environment("RFC2136_KEY_SECRET", type="str", no_log=True),
            "key_algorithm": from_environment(
                "RFC2136_KEY_ALGORITHM",
                type="str",
                default="hmac-sha256",
                no_log=False,
            ),
            "timeout": {"type": "int", "default": 10},
        },
        required_together=(("key_name", "key_secret"),),
    )


def server_settings(params: t.Mapping[str, t.Any]) -> ServerSettings:
    """The checked settings in the options of a module (O(server) is set).

    :raises BadInputError: an option is invalid. The secret is not in the message.
    """
    timeout = at_least(params, "timeout", 1)
    host = str(params["server"]).strip()
    bracketed = _BRACKETED.fullmatch(host)
    if bracketed and bracketed["port"] is not None:
        raise BadInputError(f"server: {host!r} contains a port.", hint="Give the port in the option port.")
    endpoint = _endpoint(bracketed["host"] if bracketed else host, params["port"], "server")
    return ServerSettings(endpoint, _key(params), timeout)


def parse_endpoint(text: str, option: str) -> Endpoint:
    """The endpoint in C(192.0.2.1), C(192.0.2.1:5353), C(2001:db8::1), C([2001:db8::1]:5353), or with a name.

    :raises BadInputError: it is none of these.
    """
    shown = str(text).strip()
    bracketed = _BRACKETED.fullmatch(shown)
    host, colon, port = shown.partition(":")
    if bracketed:
        host, colon, port = bracketed["host"], ":" if bracketed["port"] is not None else "", bracketed["port"]
    elif ":" in port:
        host, colon = shown, ""  # an IPv6 address
    number = whole_number(port) if colon else 53
    if number is None:
        raise BadInputError(f"{option}: {shown!r} is not an address or address:port.")
    return _endpoint(host, number, option)


def at_least(params: t.Mapping[str, t.Any], option: str, least: int) -> int:
    """The number in an option.

    :raises BadInputError: it is smaller than ``least``.
    """
    value = int(params[option])
    if value < least:
        raise BadInputError(f"{option} is {value}; it must be {least} or greater.")
    return value


def _endpoint(host: str, port: int, option: str) -> Endpoint:
    if not 0 < port < 65536:
        raise BadInputError(f"{option}: the port {port} is not between 1 and 65535.")
    try:
        return Endpoint(str(parse_address(host)), port)
    except ValueError:
        if ":" in host:
            raise BadInputError(f"{option}: {host!r} is not an IP address.") from None
    name = parse_name(host, f"name or address of a name server ({option})").to_text(True)
    if not is_host_name(name):
        raise BadInputError(f"{option}: {host!r} is not the name or address of a host.")
    return Endpoint(name, port)


def _key(params: t.Mapping[str, t.Any]) -> dns.tsig.Key | None:
    if not params.get("key_name"):
        return None
    try:
        secret = base64.b64decode("".join(str(params["key_secret"]).split()), validate=True)
    except (binascii.Error, ValueError):
        secret = b""
    if not secret:
        raise BadInputError(
            "key_secret is not a TSIG secret: it is not base64.",
            hint="Take it from the line 'secret' of the key in the server's configuration. It is not shown here.",
        )
    return dns.tsig.Key(parse_key_name(params["key_name"]), secret, _algorithm(str(params["key_algorithm"])))


def _algorithm(text: str) -> dns.name.Name:
    """The algorithm of a key, by a name of ``KEY_ALGORITHMS`` in any letter case, with or without a trailing dot."""
    name = text.strip().rstrip(".").lower()
    if name in ("hmac-md5", _HMAC_MD5):
        return dns.tsig.HMAC_MD5
    if name not in KEY_ALGORITHMS:
        raise BadInputError(
            "key_algorithm is not a TSIG algorithm.",
            hint=f"Use one of {', '.join(KEY_ALGORITHMS)}.",
        )
    return dns.name.from_text(name)
