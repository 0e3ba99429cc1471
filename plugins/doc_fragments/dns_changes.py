# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the options that the modules for changing record sets share."""

from __future__ import annotations

_RECORD_SETS = r"""
options:
  record_sets:
    description:
      - The record sets, each with what it shall be.
      - All entries are checked before the first query. Two entries for the same name and type must not contradict each
        other.
    type: list
    elements: dict
    required: true
    suboptions:
      zone:
        description:
          - The zone that the name lies in.
          - If it is not given, the provider is asked.
        type: str
      name:
        description:
          - Fully qualified name of the record set, with or without the final dot. For the apex this is the name of
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
          - All other values are in presentation format. Names in them are fully qualified, with or without the final
            dot. Values are compared by what they mean, so that letter case in names and the spelling of IPv6
            addresses do not matter.
        type: list
        elements: str
        required: true
      ttl:
        description:
          - Time to live, in seconds.
          - If it is not given, an existing set keeps its TTL, and a new one gets 3600.
          - With O(record_sets[].mode=present) an existing set keeps its TTL in any case.
        type: int
      mode:
        description:
          - V(exact) makes the values the whole set.
          - V(present) adds the values to the set, and V(absent) removes them from it. Other values stay as they are.
        type: str
        choices:
          - exact
          - present
          - absent
        default: exact
      replace_prefix:
        description:
          - Other values of the set that begin with this text are removed in the same update, for example an older
            verification value of the same issuer.
          - Only for TXT records with O(record_sets[].mode=present).
        type: str
      expected:
        description:
          - By type, the values that the caller read at this name before. If the zone now has others, which are not
            the wanted ones either, nothing is changed at this name, and the entry fails.
          - What is not there any more does not matter.
        type: dict
      group:
        description:
          - Entries of the same zone and group are changed together or not at all. When one of them is refused, the
            others are left alone too.
        type: str
      fallback:
        description:
          - The values that this set gets when the server accepted the update, and then does not serve what was wanted
            of another entry of the O(record_sets[].group). They are written in an update of their own.
          - For a record that tells of the others, so that it does not tell of what did not happen.
          - With O(record_sets[].group) and O(record_sets[].mode=exact) only.
        type: list
        elements: str
"""

_OF_PROVIDER = r"""
      dns:
        description:
          - The name of the provider of this record set, in O(dns).
          - If it is not given, the pattern of C(zones) that matches its zone decides, or else C(default).
        type: str
      dns_accept:
        description:
          - V(best_effort) accepts that the provider cannot change the record set only if it is still as it was read.
            See C(accept) of O(dns).
        type: str
        choices:
          - best_effort
"""

_REST = r"""
  wait_propagation:
    description:
      - Seconds to wait until all authoritative servers of the changed zones serve the changed record sets. This is one
        limit for all zones together.
      - A zone that is not served everywhere in time gives a warning and RV(zones[].propagated=false), not a failure.
      - V(0) does not look.
    type: int
    default: 60
  propagation_servers:
    description:
      - The servers to ask for O(wait_propagation), as V(address), V(address:port) or V([address]:port), instead of
        those in the NS records of each zone.
      - The servers in the NS records are asked at port 53, over TCP. Only the one that has the address of a name server
        among the providers is asked at the port of that one.
    type: list
    elements: str
  concurrency:
    description:
      - How many zones are worked on at the same time, each over a connection of its own.
    type: int
    default: 8
  on_error:
    description:
      - V(fail) lets the task fail at its end when any record set failed. The others are done all the same.
      - V(report) leaves it to RV(record_sets[].failed).
      - Mistakes in the options always fail the task, before the first query.
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
