# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the options that the modules for changing record sets share."""

from __future__ import annotations

_RECORD_SETS = r"""
options:
  record_sets:
    description:
      - The record sets in their desired state.
      - All entries are checked before the first query. Two entries for the same name and type must not contradict each
        other.
    type: list
    elements: dict
    required: true
    suboptions:
      zone:
        description:
          - The zone of the name.
          - By default the provider is asked for the zone.
        type: str
      name:
        description:
          - Fully qualified name of the record set, with or without a trailing dot. For the apex this is the name of
            the zone.
        type: str
        required: true
      type:
        description:
          - Type of the records.
        type: str
        required: true
      values:
        description:
          - The values. With O(record_sets[].mode=exact) an empty list removes the set.
          - The value of a TXT record is its plain text, of any length and without quotation marks. It is split into
            strings of 255 bytes for DNS, and compared as a whole.
          - All other values are in presentation format. Names in them are fully qualified, with or without a trailing
            dot. Values are compared by meaning, so letter case in names and the notation of IPv6 addresses do not
            matter.
        type: list
        elements: str
        required: true
      ttl:
        description:
          - Time to live, in seconds.
          - By default an existing set keeps its TTL, and a new one gets 3600.
          - With O(record_sets[].mode=present) an existing set always keeps its TTL.
        type: int
      mode:
        description:
          - V(exact) replaces the whole set with the values.
          - V(present) adds the values to the set, and V(absent) removes them from it. Other values stay as they are.
        type: str
        choices:
          - exact
          - present
          - absent
        default: exact
      replace_prefix:
        description:
          - Other values of the set that start with this text are removed in the same update, for example an older
            verification value of the same issuer.
          - Only for TXT records with O(record_sets[].mode=present).
        type: str
      expected:
        description:
          - By type, the values that the caller read at this name before. If the zone now has values that are neither
            these nor the desired ones, nothing is changed at this name, and the entry fails.
          - Values that no longer exist are ignored.
        type: dict
      group:
        description:
          - Entries of the same zone and group are changed together or not at all. If one of them is refused, the
            others are not changed either.
        type: str
      fallback:
        description:
          - The values for this set if the server accepts the update but then does not serve the desired values of
            another entry of the same O(record_sets[].group). They are written in a separate update.
          - Use it for a record that describes the others, so that it does not describe a change that did not happen.
          - Requires O(record_sets[].group) and O(record_sets[].mode=exact).
        type: list
        elements: str
"""

_OF_PROVIDER = r"""
      dns:
        description:
          - The name of the provider of this record set, in O(dns).
          - By default this is the provider whose pattern in C(zones) matches the zone, or else C(default).
        type: str
      dns_accept:
        description:
          - V(best_effort) accepts a provider that cannot make the change conditional on the current records.
            See C(accept) of O(dns).
        type: str
        choices:
          - best_effort
"""

_REST = r"""
  wait_propagation:
    description:
      - Maximum number of seconds to wait, for all zones together, until all authoritative servers of the changed zones
        serve the changed record sets.
      - A zone that does not propagate in time causes a warning and RV(zones[].propagated=false), not a failure.
      - V(0) skips the check.
    type: int
    default: 60
  propagation_servers:
    description:
      - The servers to query for O(wait_propagation), as V(address), V(address:port) or V([address]:port), instead of
        those in the NS records of each zone.
      - The servers in the NS records are queried on port 53, over TCP. A server with the same address as a provider's
        name server is queried on that provider's port.
    type: list
    elements: str
  concurrency:
    description:
      - How many zones are processed in parallel, each over its own connection.
    type: int
    default: 8
  on_error:
    description:
      - With V(fail) the task fails after all record sets are processed, if any of them failed.
      - V(report) does not fail the task; check RV(record_sets[].failed).
      - Invalid options always fail the task, before the first query.
    type: str
    choices:
      - fail
      - report
    default: fail
"""


class ModuleDocFragment:
    # With annotations: yamllint of ansible-test stops at a plain assignment of anything but one text.
    DOCUMENTATION: str = _RECORD_SETS.rstrip() + _REST
    PROVIDERS: str = _RECORD_SETS.rstrip() + _OF_PROVIDER.rstrip() + _REST
