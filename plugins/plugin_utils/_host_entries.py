# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What hosts of an inventory declare about their sites, for the filters that build entries of the roles from it."""

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleError, AnsibleFilterError
from ansible.utils.display import Display
from jinja2.exceptions import TemplateError

from ansible_collections.hosting.websec.plugins.module_utils._texts import Told, by_cause, counted

Host = t.Mapping[str, t.Any]


def declared(hosts: t.Iterable[Host], variable: str, example: str) -> list[tuple[Host, dict[str, t.Any]]]:
    """Each host with what it declares; not those that declare nothing.

    A host with C(panel_duplicate) is a copy of a domain of which it is unknown which one serves the site: nothing is
    done for it. The inventory plugin has warned. For a host for which the rule fails nothing is done either, with a
    warning.

    :param variable: with the mapping. :param example: of one, for the message.
    :raises AnsibleFilterError: it is not a mapping, or the rule fails for all hosts.
    """
    found: list[tuple[Host, dict[str, t.Any]]] = []
    failed: list[Told] = []
    asked = 0
    for host in hosts:
        if host.get("panel_duplicate") is True:
            continue
        asked += 1
        try:
            value = host.get(variable)
            value = dict(value) if isinstance(value, t.Mapping) else value
        except (AnsibleError, TemplateError) as problem:
            failed.append(Told(str(host.get("inventory_hostname")), str(problem)))
            continue
        # An expression that has no value is an empty text with ansible-core 2.18.
        if value is None or value == "":
            continue
        if not isinstance(value, dict):
            raise AnsibleFilterError(
                f"{variable} of the host {host.get('inventory_hostname')} is not a mapping, such as {example}, but "
                f"{'text' if isinstance(value, str) else type(value).__name__}."
            )
        found.append((host, value))
    if failed:
        text = f"{variable} cannot be evaluated for {counted(len(failed), 'host')} of {asked}. "
        text += " ".join(by_cause(failed, "host"))
        if len(failed) == asked:
            raise AnsibleFilterError(text)
        Display().warning(f"{text} Nothing is done for them.")
    return found
