# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Password hashes: ``scrypt$N$r$p$SALT$KEY`` (salt and key in Base64), or argon2id in its own form.

python3 -m sitelock_relay.passwords     asks twice for a password, or reads a line with it, and writes its hash
"""

from __future__ import annotations

import base64
import binascii
import getpass
import hashlib
import hmac
import re
import secrets
import sys

try:
    import argon2
except ImportError:  # python3-argon2 is only needed for such hashes
    argon2 = None

_SCRYPT = re.compile(
    r"scrypt\$([0-9]{1,8})\$([0-9]{1,3})\$([0-9]{1,3})\$([A-Za-z0-9+/=]{16,128})\$([A-Za-z0-9+/=]{40,128})"
)
# In Base64 without padding: a salt of at least 8 bytes, a key of at least 16.
_ARGON2 = re.compile(
    r"\$argon2id\$v=19\$m=([0-9]{1,8}),t=([0-9]{1,3}),p=([0-9]{1,3})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})"
)
_MAX_MEMORY = 128 * 1024 * 1024
_LEAST_COST = 2**14
# KiB; the least that the password storage cheat sheet of OWASP has for argon2id.
_LEAST_ARGON2 = 7168


def hashed(password: str) -> str:
    """Return a scrypt hash of a password."""
    salt = secrets.token_bytes(16)
    key = hashlib.scrypt(password.encode(), salt=salt, n=_LEAST_COST, r=8, p=1, dklen=32, maxmem=_MAX_MEMORY)
    return f"scrypt${_LEAST_COST}$8$1${base64.b64encode(salt).decode()}${base64.b64encode(key).decode()}"


def missing_library(text: str) -> str | None:
    """Return what passwords cannot be tried without on this machine; None: nothing."""
    return "python3-argon2" if text.startswith("$argon2id$") and argon2 is None else None


def problem(text: str) -> str | None:
    """Return what is wrong with the form of a hash; None: nothing."""
    if text.startswith("$argon2id$"):
        return _problem_of_argon2(text)
    found = _SCRYPT.fullmatch(text)
    if found is None:
        return "it is neither an scrypt nor an argon2id hash"
    cost, blocks, parallel = map(int, found.groups()[:3])
    if cost < _LEAST_COST or cost & (cost - 1) or not blocks or not parallel:
        return f"its cost must be a power of two of at least {_LEAST_COST}"
    if 128 * cost * blocks * 2 > _MAX_MEMORY or parallel > 16:
        return "its cost is too high for a service"
    try:
        _bytes(found)
    except binascii.Error:
        return "its salt or key is not Base64"
    return None


def _problem_of_argon2(text: str) -> str | None:
    found = _ARGON2.fullmatch(text)
    if found is None:
        return "it is not a valid argon2id hash"
    memory, rounds, parallel = map(int, found.groups()[:3])
    if memory < _LEAST_ARGON2 or not rounds or not parallel:
        return f"its memory cost must be at least {_LEAST_ARGON2} KiB"
    if memory * 1024 > _MAX_MEMORY or rounds > 16 or parallel > 16:
        return "its cost is too high for a service"
    if any(len(part) % 4 == 1 for part in found.groups()[3:]):
        return "its salt or key is not Base64"
    return None


def matches(password: str, text: str) -> bool:
    """Whether a password has this hash, which is a valid one. It takes as long for a wrong password as for the right
    one."""
    if text.startswith("$argon2id$"):
        try:
            return bool(argon2.PasswordHasher().verify(text, password))
        except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHash):
            return False
    found = _SCRYPT.fullmatch(text)
    if found is None:
        raise ValueError("not a valid hash")
    cost, blocks, parallel = map(int, found.groups()[:3])
    salt, key = _bytes(found)
    tried = hashlib.scrypt(
        password.encode(), salt=salt, n=cost, r=blocks, p=parallel, dklen=len(key), maxmem=_MAX_MEMORY * 2
    )
    return hmac.compare_digest(tried, key)


def _bytes(found: re.Match[str]) -> tuple[bytes, bytes]:
    salt, key = (base64.b64decode(text, validate=True) for text in found.groups()[3:])
    return salt, key


def main() -> int:
    """Write the hash of a password; the exit status."""
    try:
        if sys.stdin.isatty():
            password, again = getpass.getpass(), getpass.getpass("Again: ")
        else:
            password = again = sys.stdin.readline().rstrip("\r\n")
    except (EOFError, KeyboardInterrupt):
        sys.stderr.write("\nNo hash was made.\n")
        return 1
    if password != again:
        sys.stderr.write("The two passwords differ.\n")
        return 1
    if not password:
        sys.stderr.write("The password is empty.\n")
        return 1
    sys.stdout.write(hashed(password) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
