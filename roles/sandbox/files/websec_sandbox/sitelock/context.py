# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every method needs: the state and the view on DNS."""

from __future__ import annotations

import dataclasses
import typing

from .. import lifecycle
from ..lookup import Records, Resolver
from ..model import Site
from ..settings import Settings
from ..world import World


@dataclasses.dataclass(frozen=True)
class Context:
    """The state and the resolver."""

    world: World
    resolver: Resolver

    @property
    def settings(self) -> Settings:
        """The settings of now."""
        return self.world.settings

    def ask(self, questions: typing.Iterable[lifecycle.Question]) -> dict[lifecycle.Question, Records]:
        """The answers of DNS. Not to be called with the lock of the world held: it waits for the network."""
        return {question: self.resolver.records(*question) for question in questions}


def settle(world: World, site: Site) -> None:
    """Let the time that has passed act on a site; a free product may end here. Call it below C(world.change())."""
    if not site.firewall:
        return
    state = dict(vars(site.firewall))
    active = world.active_firewalls(site.site_id)
    free = any(world.plans[one.plan_id].free for one in active if one.plan_id in world.plans)
    if lifecycle.pass_time(site, world.clock.now(), free):
        for subscription in active:
            world.end_subscription(subscription, "cancelled")
    elif vars(site.firewall) != state:
        world.save(site)
