# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One pass of M(hosting.websec.rfc2136_record_sets) over a model, as in the module, but without a network."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._dns.desired import parse_desired
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.provider_set import one_provider
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.rfc2136 import Rfc2136Provider
from ansible_collections.hosting.websec.tests.unit.dns.model import Model, ModelClient

Entry = dict[str, t.Any]


def entry(name: str, rdtype: str, *values: str, **more: t.Any) -> Entry:
    """An entry of the option O(record_sets)."""
    return {"name": name, "type": rdtype, "values": list(values), "mode": "exact", **more}


class NoTraffic:
    """Replaces a ModelClient and its ``with`` block."""

    def __init__(self, client: ModelClient) -> None:
        self._client = client

    def __enter__(self) -> ModelClient:
        return self._client

    def __exit__(self, *_details: object) -> None:
        pass


def run_pass(model: Model, *entries: Entry, check_mode: bool = False, **faults: t.Any) -> dict[str, t.Any]:
    """The result of the module for these entries.

    :param faults: for the ModelClient.
    """
    client = ModelClient(model, read_only=check_mode, **faults)
    with one_provider(Rfc2136Provider(client), read_only=check_mode) as providers:
        result = providers.change(parse_desired(entries))
    result["updates"] = client.sent
    return result
