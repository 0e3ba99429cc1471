# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether the certificate authority may issue for the names of a site."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._dns.names import shown
from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing
from ansible_collections.hosting.websec.plugins.module_utils._preflight.caa import (
    Permission,
    Records,
    allowed_issuers,
    critical_unknown,
    permission,
    relevant,
)
from ansible_collections.hosting.websec.plugins.module_utils._preflight.findings import (
    Finding,
    blocks,
    not_checked,
    warns,
)
from ansible_collections.hosting.websec.plugins.module_utils._preflight.policy import Policy
from ansible_collections.hosting.websec.plugins.module_utils._texts import joined

try:
    import dns.name
except ImportError:
    note_missing("dnspython")


def authority_findings(
    names: t.Sequence[dns.name.Name], sets: t.Mapping[dns.name.Name, Records | WebsecError], policy: Policy
) -> list[Finding]:
    """The findings of the CAA records against a certificate for ``names``; each set of records is named once.

    :param sets: see ``caa.relevant``.
    """
    concerned: dict[dns.name.Name, list[dns.name.Name]] = {}
    for name in names:
        found = relevant(name, sets)
        if found is not None:
            concerned.setdefault(found[0], []).append(name)
    findings = []
    for at, of in concerned.items():
        records = sets[at]
        if isinstance(records, WebsecError):
            what = f"Whether the CAA records at {shown(at)} allow {joined(policy.issuers)}"
            findings.append(not_checked(at, what, records.message, records.hint))
        else:
            findings += _judged(at, of, records, policy)
    return findings


def _judged(at: dns.name.Name, of: t.Sequence[dns.name.Name], records: Records, policy: Policy) -> list[Finding]:
    plain, wild = (permission(records, policy.issuers, wildcard=wildcard) for wildcard in (False, True))
    subject = f"the certificate for {joined(map(shown, of))}"
    why = _why(records)
    remedy = f'Add the record {shown(at)} CAA 0 issue "{policy.issuers[0]}".'
    if plain is Permission.FORBIDDEN:
        message = f"The CAA records at {shown(at)} {why}: {joined(policy.issuers)} may not issue {subject}."
        return [blocks("caa_forbids", at, message, _remove_critical(records) or remedy)]
    findings = []
    if wild is Permission.FORBIDDEN:
        severity = blocks if policy.wildcard else warns
        message = (
            f"The CAA records at {shown(at)} do not allow {joined(policy.issuers)} to issue wildcard certificates "
            f"(issuewild){'' if policy.wildcard else f': {subject} is refused if it contains a wildcard'}."
        )
        remedy = remedy.replace("issue ", "issuewild ")
        findings.append(severity("caa_forbids_wildcard", at, message, remedy))
    if plain is Permission.RESTRICTED or (wild is Permission.RESTRICTED and policy.wildcard):
        message = (
            f"The CAA records at {shown(at)} allow {joined(policy.issuers)} only with parameters, such as an account "
            f"of yours: {subject}, which the vendor requests, may be refused."
        )
        findings.append(warns("caa_restricted", at, message, f"{remedy[:-1]} without parameters."))
    return findings


def _why(records: Records) -> str:
    unknown = critical_unknown(records)
    if unknown:
        return f"have the critical property {joined(unknown)}, which certificate authorities do not support"
    issuers = allowed_issuers(records)
    return f"allow only {joined(issuers)}" if issuers else "allow no certificate authority"


def _remove_critical(records: Records) -> str:
    unknown = critical_unknown(records)
    return f"Remove the record with {joined(unknown)}, or its critical flag." if unknown else ""
