# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The source of the module: the variable C(X_source), validated."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._web.values import missing

TYPES = ("repository", "package_file", "module_file")

_REPOSITORY = {
    "Debian": {
        "uris": "the address of the vendor's package repository",
        "suites": "the suite of the vendor's package repository",
        "signed_by": "the key that signs the vendor's package repository, as text, path on the host or URL",
    },
    "RedHat": {
        "baseurl": "the address of the vendor's package repository",
        "gpgkey": "the address of the key that signs the vendor's package repository",
    },
}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9+._-]*", re.ASCII)
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+~:_-]*", re.ASCII)
# Blanks and line breaks would start another value, or another line, in the repository file.
_WORD = re.compile(r"[!-~]+", re.ASCII)
_ONE_LINE = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]+")
# A key may be given as its text, which has many lines.
_LINES = re.compile(r"[^\x00-\x09\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]+")
_PATTERNS = {
    "name": _NAME,
    "package": _NAME,
    "server_packages": _NAME,
    "version": _VERSION,
    "server_version": _VERSION,
    "uris": _WORD,
    "suites": _WORD,
    "components": _WORD,
    "baseurl": _WORD,
    "gpgkey": _WORD,
    "signed_by": _LINES,
    "path": _ONE_LINE,
}
_MODULE_FOLDERS = {"Debian": "/usr/lib/nginx/modules", "RedHat": "/usr/lib64/nginx/modules"}
_SERVER_PACKAGES = {
    ("nginx", "Debian"): "nginx",
    ("nginx", "RedHat"): "nginx",
    ("apache", "Debian"): "apache2",
    ("apache", "RedHat"): "httpd",
}


def module_path(given: str, server: str, family: str) -> str:
    """The path of the module file. Only that of nginx has a known name."""
    if given or server != "nginx":
        return given
    return f"{_MODULE_FOLDERS[family]}/ngx_botguard_module.so"


def read_source(given: t.Mapping[str, t.Any] | None, server: str, family: str) -> dict[str, t.Any]:
    """The source with all its keys.

    :raises BadInputError: a key is missing or invalid. The message says where a partner finds it.
    """
    prefix = f"botguard_{server}_source"
    kind = (given or {}).get("type")
    if not given or kind not in TYPES:
        raise BadInputError(
            f"The variable {prefix} is missing, or its type is not one of {', '.join(TYPES)}.",
            hint="It says where the module comes from. The vendor's repository and packages are not public: get them "
            "from the partner area (https://botguard.net/en/docs, login required) or from the vendor's support.",
        )
    if family not in _REPOSITORY:
        raise BadInputError(f"{family} is not supported.", hint="Supported are the Debian and RedHat families.")
    source = {key: value for key, value in given.items() if value not in (None, "", [])}
    if kind == "repository":
        _require(source, prefix, {**_REPOSITORY[family], "package": "the name of the package with the module"})
        source.setdefault("name", "botguard")
    elif kind == "package_file":
        _require(source, prefix, {"path": "the package file on the control node", "package": "the name of the package"})
    else:
        _require(source, prefix, {"path": "the module file on the control node"})
    packages = source.get("server_packages") or []
    if source.get("server_version") and not packages:
        packages = [_SERVER_PACKAGES[server, family]]
    source["server_packages"] = [packages] if isinstance(packages, str) else list(packages)
    for key, pattern in _PATTERNS.items():
        value = source.get(key, [])
        for text in value if isinstance(value, list) else [value]:
            _check(text, pattern, f"{prefix}.{key}")
    return source


def _require(source: t.Mapping[str, t.Any], prefix: str, keys: t.Mapping[str, str]) -> None:
    for key, what in keys.items():
        if key not in source:
            raise missing(f"{prefix}.{key}", what)


def _check(value: t.Any, pattern: re.Pattern[str], variable: str) -> None:
    if not pattern.fullmatch(str(value)):
        raise BadInputError(f"{variable}: {str(value)!r} is not valid.")
