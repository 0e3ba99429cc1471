# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the DNS providers of a module."""

from __future__ import annotations


class ModuleDocFragment:
    # Modules that need it say so. No f-string: ansible-test reads these files without running them.
    DOCUMENTATION = r"""
requirements:
  - dnspython >= 2.3.0
  - idna >= 2.10 (it comes with C(requests))
  - for providers of the type C(octodns), octoDNS (1.10 or newer) and the package of the provider, for the Python of the
    module
options:
  dns:
    description:
      - A mapping of the DNS providers of this task, see the page C(docs/dns-providers.md) of this collection.
      - C(providers) maps names to providers. C(zones) maps patterns of zone names, in which C(*) matches any text, to
        names of providers. C(default) is the provider of all other zones; a single provider without patterns is the
        default.
      - With C(accept=best_effort) all entries accept providers that cannot make a change conditional on the current
        records. The records are compared right before and right after the change instead. Without it (or C(dns_accept)
        in the entry) such a provider changes nothing.
      - A provider with C(type=rfc2136), or without a type, has C(server), C(port), C(key_name), C(key_secret),
        C(key_algorithm) and C(timeout), see M(hosting.websec.rfc2136_record_sets).
      - 'A provider with C(type=octodns) has the C(class) of an octoDNS provider, such as
        C(octodns_powerdns.PowerDnsProvider), and the options of this class, next to the others or in C(options). It can
        have C(atomicity) (V(zone_atomic) if you know that the provider applies the changes of a zone all together or
        not at all), C(txt) (V(escaped) if its class puts texts into quotation marks without escaping), and
        C(concurrency) (calls at the same time, 4).'
      - A provider with C(type=python) has the C(class) of your own provider, and the options of this class.
      - Each provider can have C(propagation_servers), which are queried instead of the servers in the NS records of
        its zones.
      - A value such as C(env/POWERDNS_API_KEY) is taken from the environment of the module.
      - The options of one name server (C(server), C(key_name) and so on) can be given here instead of C(providers).
      - Values that may be secrets are not shown, logged or returned.
    type: dict
"""
