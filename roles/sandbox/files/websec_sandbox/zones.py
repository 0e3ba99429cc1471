# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""
The zones of the name server: from the variables of the role to files, in one call however many there are.

C(python -m websec_sandbox.zones prepare) reads C({directory, key: {name, algorithm, secret}, zones: [...]}) as JSON
from standard input, writes what is not yet there, and prints C({changed, secret}).
C(... check ADDRESS PORT IDENTITY) waits until the name server that calls itself IDENTITY answers.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import pathlib
import secrets
import sys
import time
import typing

import dns.exception
import dns.message
import dns.query
import dns.zone

Zone = dict[str, typing.Any]

KEY_VIEW = "key"  # as in the template of named.conf
_EMPTY_ZONE = "above.db"
_CHECK_SECONDS = 10.0
_HEAD = """$TTL 300
@ SOA ns1 hostmaster 1 3600 600 604800 60
@ NS ns1
ns1 A 127.0.0.1
"""
# Types whose value ends with a host name, which the mappings of the role write without the last dot.
_WITH_TARGET = {"CNAME", "MX", "NS", "PTR", "SRV"}
_WITH_TEXT = {"SPF", "TXT"}


class Unusable(Exception):
    """A zone that cannot be written, with the reason for the user."""


def prepare(directory: pathlib.Path, key: dict[str, str], zones: list[Zone]) -> dict[str, typing.Any]:
    """
    Write key and zones below C(directory). Raises Unusable before anything is written.

    A zone file belongs to the name server once it is written, which keeps dynamic changes in it. So a zone is
    written again only when its definition changes, and then under another name.
    """
    names = [_name(zone) for zone in zones]
    contents = {name: content(zone) for name, zone in zip(names, zones, strict=True)}
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise Unusable(f"zones that are listed more than once: {', '.join(twice)}")
    files = {name: f"{name}.{_digest(text)}.zone" for name, text in contents.items()}
    index = directory / "zones.conf"
    known = index.read_text(encoding="utf-8") if index.exists() else ""
    secret = key["secret"] or _stored_secret(directory) or base64.b64encode(secrets.token_bytes(32)).decode()
    changed = _write(directory / "tsig.key", _key_clause(key, secret))
    _write(directory / "tsig.secret", secret)
    for name, text in contents.items():
        if f'"{files[name]}"' not in known:
            (directory / f"{files[name]}.jnl").unlink(missing_ok=True)
            _write(directory / files[name], text)
    changed |= _write(index, "".join(_zone_clause(name, file, key["name"]) for name, file in sorted(files.items())))
    changed |= _write(directory / _EMPTY_ZONE, _HEAD)
    changed |= _write(directory / "public.conf", _public(sorted(files)))
    _give_to_owner(directory)
    return {"changed": changed, "secret": secret}


def content(zone: Zone) -> str:
    """The zone file of a zone. Raises Unusable."""
    name = _name(zone)
    lines = [line for record in zone.get("records") or [] for line in _lines(name, record)]
    text = _HEAD + "".join(f"{line}\n" for line in lines)
    try:
        dns.zone.from_text(text, origin=f"{name}.", check_origin=True)
    except (dns.exception.DNSException, ValueError) as problem:
        raise Unusable(f"zone {name}: {problem or type(problem).__name__}") from problem
    return text


def _name(zone: Zone) -> str:
    name = str(zone.get("name") or "").rstrip(".").lower()
    if not name or "/" in name or any(character.isspace() or character in '"\\;' for character in name):
        raise Unusable(f"not a name of a zone: {zone.get('name')!r}")
    return name


def _lines(zone: str, record: typing.Any) -> list[str]:
    if isinstance(record, str):
        return [record]
    try:
        kind = str(record["type"]).upper()
        name = str(record.get("name") or "@").rstrip(".").lower()
        values = record["values"]
    except (KeyError, TypeError, AttributeError):
        raise Unusable(f"zone {zone}: a record is a line or has type and values: {record!r}") from None
    owner = "@" if name in ("@", zone) else name.removesuffix(f".{zone}")
    ttl = f"{record['ttl']} " if record.get("ttl") is not None else ""
    return [f"{owner} {ttl}{kind} {_value(kind, str(value))}" for value in values]


def _value(kind: str, value: str) -> str:
    if kind in _WITH_TARGET:
        return value.rstrip(".") + "."
    if kind in _WITH_TEXT and not value.startswith('"'):
        # A string of a TXT record has at most 255 characters.
        parts = [value[start : start + 255] for start in range(0, len(value), 255)] or [""]
        return " ".join('"' + part.replace("\\", "\\\\").replace('"', '\\"') + '"' for part in parts)
    return value


def _key_clause(key: dict[str, str], secret: str) -> str:
    return f'key "{key["name"]}" {{\n    algorithm {key["algorithm"]};\n    secret "{secret}";\n}};\n'


def _zone_clause(name: str, file: str, key_name: str) -> str:
    policy = f'update-policy {{ grant "{key_name}" zonesub ANY; }}; allow-transfer {{ key "{key_name}"; }};'
    return f'zone "{name}" {{ type primary; file "{file}"; {policy} }};\n'


def _public(names: list[str]) -> str:
    """
    The view of those who ask without the key, in the place of the public DNS: the zones, and the zones above them,
    which a certificate authority looks at too. They are empty, and who has the key does not see them: a name without a
    zone of its own has none there, as at the name server of a hoster.
    """
    parents = {name.split(".", skipped)[-1] for name in names for skipped in range(1, name.count(".") + 1)}
    ours = "".join(f'zone "{name}" {{ in-view "{KEY_VIEW}"; }};\n' for name in names)
    above = (f'zone "{name}" {{ type primary; file "{_EMPTY_ZONE}"; }};\n' for name in sorted(parents - set(names)))
    return ours + "".join(above)


def _stored_secret(directory: pathlib.Path) -> str:
    stored = directory / "tsig.secret"
    return stored.read_text(encoding="utf-8") if stored.exists() else ""


def _write(path: pathlib.Path, text: str) -> bool:
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    new = path.with_name(f"{path.name}.new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    new.replace(path)
    return True


def _give_to_owner(directory: pathlib.Path) -> None:
    owner = directory.stat()
    if os.geteuid() == 0:
        for path in directory.iterdir():
            os.chown(path, owner.st_uid, owner.st_gid)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def check(address: str, port: int, identity: str, seconds: float = _CHECK_SECONDS) -> bool:
    """Whether the name server there calls itself C(identity) within C(seconds)."""
    query = dns.message.make_query("id.server", "TXT", "CH")
    end = time.monotonic() + seconds
    while True:
        try:
            answer = dns.query.udp(query, address, timeout=1, port=port)
            if any(identity.encode() in rdata.strings for rrset in answer.answer for rdata in rrset):
                return True
        except (dns.exception.DNSException, OSError):
            pass
        if time.monotonic() > end:
            return False
        time.sleep(0.1)


def main(arguments: list[str]) -> int:
    """The command line; the exit code is 1 when the zones cannot be used or nobody answers."""
    if arguments[:1] == ["check"]:
        return 0 if check(arguments[1], int(arguments[2]), arguments[3]) else 1
    wanted = json.load(sys.stdin)
    try:
        result = prepare(pathlib.Path(wanted["directory"]), wanted["key"], wanted["zones"])
    except Unusable as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    sys.stdout.write(json.dumps(result) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
