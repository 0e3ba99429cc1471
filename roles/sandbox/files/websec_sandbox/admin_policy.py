# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The admin path of policies: what the firewall of a site is set to do, and a click that changes it."""

from __future__ import annotations

import copy
import dataclasses
import typing

from .model import Site
from .policy import CACHE_MODES, RULES, Policy, Record, new_cdn
from .world import World

_CHOICES: dict[str, dict[str, tuple[str, ...]]] = {
    "rules": RULES,
    "cdn": {name: CACHE_MODES if name == "cache_mode" else ("0", "1") for name in new_cdn()},
    "bypass": {"bypass_status": ("off", "on"), "use_true_shield": ("0", "1"), "use_true_speed": ("0", "1")},
}


def read(world: World, site_id: str | None) -> Record:
    """The policy of one site, or C(policies) by site. Raises ValueError when the one has no firewall."""
    with world.change():
        if site_id is not None:
            return _shown(_site(world, site_id))
        return {"policies": {site.site_id: _shown(site) for site in world.sites.values() if site.firewall}}


def click(world: World, wanted: Record) -> Record:
    """
    Change the policy of C(site_id) as somebody in the dashboard would: not by the API, and without its journal.

    A mapping is merged into what is there, a list takes its place. Returns the policy. Raises ValueError, and then
    changes nothing.
    """
    sections = {name: value for name, value in wanted.items() if name != "site_id"}
    with world.change():
        site = _site(world, str(wanted.get("site_id", "")))
        policy = _policy(site)
        for name, value in sections.items():
            _set(world, policy, name, value)
        typing.cast(typing.Any, site.firewall).policy = policy
        world.save(site)
        return _shown(site)


def _site(world: World, site_id: str) -> Site:
    site = world.sites.get(site_id)
    if not site or not site.firewall:
        raise ValueError(f"site {site_id} has no firewall")
    return site


def _policy(site: Site) -> Policy:
    known = site.firewall.policy if site.firewall else None
    return copy.deepcopy(known) if known else Policy()


def _shown(site: Site) -> Record:
    return dataclasses.asdict(_policy(site))


def _set(world: World, policy: Policy, name: str, value: typing.Any) -> None:
    if name not in {field.name for field in dataclasses.fields(Policy)}:
        raise ValueError(f"unknown section {name} of a policy")
    before = getattr(policy, name)
    if before is not None and not isinstance(value, type(before)):
        raise ValueError(f"{name} must be a {type(before).__name__}")
    choices = _CHOICES.get(name, {})
    for key, one in value.items() if choices else ():
        if one not in choices.get(key, ()):
            raise ValueError(f"{name} has no {key} {one}")
    if name in ("url_block", "login_urls") or not isinstance(before, dict):
        setattr(policy, name, _numbered(world, value) if name == "exceptions" else value)
    else:
        setattr(policy, name, {**before, **value})


def _numbered(world: World, exceptions: list[Record]) -> list[Record]:
    """Exceptions with an id each."""
    return [{"id": str(one.get("id") or world.number("exception")), **_content(one)} for one in exceptions]


def _content(exception: Record) -> Record:
    if set(exception) - {"id", "type", "criteria"} or not {"type", "criteria"} <= set(exception):
        raise ValueError("an exception has a type, criteria and perhaps an id")
    return {"type": exception["type"], "criteria": exception["criteria"]}
