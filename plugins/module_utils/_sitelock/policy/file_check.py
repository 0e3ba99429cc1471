# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All problems of firewall policies, and of the names of policies in a site file, that can be seen without a
network."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._nesting import plain_data
from ansible_collections.hosting.websec.plugins.module_utils._problems import EntryProblem, Problems
from ansible_collections.hosting.websec.plugins.module_utils._schemas import Schema, mapping, or_null
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.certificate import CERTIFICATE
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.merging import merged, policy_names
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.sections import SECTIONS
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.file_check import (
    Owner,
    section_problems,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.given import Given

_UNREAD = (CERTIFICATE.name,)
"""The check of a certificate reads its files, which may be on another host."""


def policies_schema() -> Schema:
    """The JSON Schema of all policies."""
    return {"type": "object", "additionalProperties": mapping({section.name: section.schema for section in SECTIONS})}


def certificates_schema() -> Schema:
    """The JSON Schema of the certificates of sites, by their domain."""
    return {"type": "object", "additionalProperties": or_null(CERTIFICATE.schema)}


def check_policies(policies: t.Mapping[t.Any, t.Any], now: datetime.datetime) -> list[EntryProblem]:
    """
    :param policies: sections by the name of the policy.
    :param now: the time of the check.
    """
    found = []
    for name, given in policies.items():
        owner = Owner(str(name), str(name), f"Policy {name}")
        problems, policy = Problems(collect=True), None
        with problems.of():
            policy = _sections(given, owner)
        found += [EntryProblem.of(owner.place, owner.name, problem) for problem in problems.found]
        if policy is not None:
            found += section_problems(policy, owner, SECTIONS, now, unread=_UNREAD)
            found += _of_certificate(policy.get(CERTIFICATE.name), owner, now, f"{CERTIFICATE.name}.")
    return found


def check_certificates(certificates: t.Mapping[t.Any, t.Any], now: datetime.datetime) -> list[EntryProblem]:
    """
    :param certificates: sections C(certificate) by the domain of the site. Only their keys are checked.
    """
    found = []
    for domain, given in certificates.items():
        found += _of_certificate(given, Owner(str(domain), str(domain), str(domain)), now, "")
    return found


def _sections(given: t.Any, owner: Owner) -> dict[str, t.Any]:
    if not isinstance(given, t.Mapping):
        raise BadInputError(f"{owner.whose} is no dictionary of sections.")
    policy: dict[str, t.Any] = plain_data(given, owner.whose)
    return policy


def _of_certificate(given: t.Any, owner: Owner, now: datetime.datetime, path: str) -> list[EntryProblem]:
    if given is None:
        return []
    problems = Problems(collect=True)
    with problems.of():
        where = f"{owner.whose}: section {CERTIFICATE.name}"
        form = Given(given, where, now, may_show=lambda _key, _value: False, problems=problems)
        CERTIFICATE.check_forms(form)
    found = [EntryProblem.of(owner.place, owner.name, problem) for problem in problems.found]
    return [dataclasses.replace(each, key=f"{path}{each.key}".rstrip(".")) for each in found]


def check_policy_keys(sites: t.Sequence[t.Any]) -> list[EntryProblem]:
    """What is wrong with the form of the key C(policy) in a site file."""
    found = []
    for owner, value in _owners(sites):
        problems = Problems(collect=True)
        with problems.of("policy"):
            policy_names(value, owner.whose)
        found += [EntryProblem.of(owner.place, owner.name, problem) for problem in problems.found]
    return found


def _owners(sites: t.Sequence[t.Any]) -> t.Iterator[tuple[Owner, t.Any]]:
    """The entries with C(policy), and its value."""
    for place, site in enumerate(sites, 1):
        if isinstance(site, t.Mapping) and site.get("policy") is not None:
            name = str(site.get("domain") or "")
            yield Owner(place, name, name or f"Entry {place} of the site file"), site["policy"]


def check_policies_of_sites(
    sites: t.Sequence[t.Any], policies: t.Mapping[str, t.Any], wrong: t.Collection[str], now: datetime.datetime
) -> list[EntryProblem]:
    """What is wrong with the policies that the entries of a site file name: one does not exist, or they do not fit
    together. What is no name at all is told by ``check_policy_keys``.

    :param wrong: policies with a problem of their own, which is not told again.
    """
    found = []
    together: set[tuple[str, ...]] = set()
    absent: dict[str, BadInputError] = {}
    for owner, value in _owners(sites):
        try:
            names = tuple(policy_names(value, owner.whose))
        except BadInputError:
            continue
        problems = Problems(collect=True)
        missing = next((name for name in names if name not in policies), None)
        if missing is not None:
            # What was meant is looked for once for each name.
            if missing not in absent:
                with problems.of("policy"):
                    merged({"policy": missing}, policies, "")
                absent[missing] = problems.found.pop()
            known = absent[missing]
            problems.add(BadInputError(f"{owner.whose}{known.message}", hint=known.hint), "policy")
            found += [EntryProblem.of(owner.place, owner.name, problem) for problem in problems.found]
            continue
        with problems.of("policy"):
            # Thousands of sites have the same policies: what is wrong with them together is told for the first one.
            if names not in together:
                sections = merged({"policy": [*names]}, policies, owner.whose)
                together.add(names)
                told = len(names) > 1 and not {*names} & {*wrong}
                of_sections = section_problems(sections, owner, SECTIONS, now, unread=_UNREAD) if told else []
                found += [dataclasses.replace(each, key="policy") for each in of_sections]
        found += [EntryProblem.of(owner.place, owner.name, problem) for problem in problems.found]
    return found
