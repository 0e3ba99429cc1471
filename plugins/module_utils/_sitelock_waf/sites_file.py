# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The site file of a very large fleet, read on the host of the module."""

from __future__ import annotations

import json
import typing as t

from ansible.module_utils.common.yaml import HAS_YAML, yaml_load

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError

_KEY = "sitelock_waf_sites"
_OPTION = "sites_file (in the role: sitelock_waf_sites_file)"


def read_sites(path: str) -> list[t.Any]:
    """The entries in a file: a list, or a mapping with the list as C(sitelock_waf_sites).

    :param path: JSON if its name ends so, otherwise YAML.
    :raises BadInputError: it cannot be read, or contains something else.
    """
    try:
        with open(path, encoding="utf-8") as file:
            content = _parse(path, file.read())
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise BadInputError(
            f"{_OPTION}: {path} cannot be read where the module runs: {reason}.", hint="Nothing was sent."
        ) from None
    if isinstance(content, dict) and isinstance(content.get(_KEY), list):
        content = content[_KEY]
    if not isinstance(content, list):
        raise BadInputError(
            f"{_OPTION}: {path} does not contain a list of site entries.",
            hint=f"Write a list, or a mapping with the list as {_KEY}.",
        )
    return content


def _parse(path: str, text: str) -> t.Any:
    try:
        # JSON is also YAML, but its parser is about fifty times faster.
        if path.endswith(".json"):
            return json.loads(text)
        if not HAS_YAML:
            raise BadInputError(
                f"{_OPTION}: PyYAML is not installed where the module runs.",
                hint="Install it, or write the file in JSON.",
            )
        return yaml_load(text)
    except BadInputError:
        raise
    except Exception as error:  # of either library, RecursionError too
        raise BadInputError(f"{_OPTION}: {path} is not valid: {error}.") from None
