# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The site that a method of Firewall & CDN is about, and the lists that such methods answer with."""

from __future__ import annotations

import contextlib
import dataclasses
import typing

from lxml import etree

from ..model import Firewall, Plan, Site
from ..policy import Policy
from ..settings import Settings
from .answer import node
from .context import Context, settle
from .methods import WafError


@dataclasses.dataclass(frozen=True)
class Protected:
    """A site with its firewall, what that is set to do, and its plan."""

    site: Site
    firewall: Firewall
    policy: Policy
    plan: Plan


@contextlib.contextmanager
def reading(context: Context, site_id: str) -> typing.Iterator[Protected]:
    """The site of the request, below the lock of the world. Raises WafError, as documented, when it has no firewall."""
    world = context.world
    with world.change():
        site = world.sites.get(site_id)
        if not site:
            raise WafError("Site Not Found")
        settle(world, site)
        if not site.firewall:
            raise WafError("WAF Addon Not Found", "-98")
        plans = [world.plans[one.plan_id] for one in world.active_firewalls(site_id) if one.plan_id in world.plans]
        yield Protected(site, site.firewall, site.firewall.policy or Policy(), (plans or [Plan("")])[0])


@contextlib.contextmanager
def changing(context: Context, site_id: str) -> typing.Iterator[Protected]:
    """The same; what is changed in the policy is written at the end, and not when an exception is raised."""
    with reading(context, site_id) as protected:
        yield protected
        protected.firewall.policy = protected.policy
        context.world.save(protected.site)


def listed(settings: Settings, tag: str, elements: typing.Sequence[etree._Element]) -> etree._Element | None:
    """A list as an element of its own; how an empty one looks is not documented."""
    return None if not elements and settings.empty_lists == "absent" else node(tag, *elements)
