# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a section of the settings of a site is. The engine (see ``engine``) knows nothing else of it."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._schemas import Schema
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import Method
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.definition import Parameters
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.given import Given
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.reader import SectionReader

D = t.TypeVar("D")
C = t.TypeVar("C")


@dataclasses.dataclass(frozen=True)
class Write:
    """One call that brings a section nearer to its desired state.

    :param parameters: all but C(site_id).
    :param subject: tells apart the calls of one method in one plan.
    :param fresh: it repeats what was read, or would do again what somebody else may have done: the section is read once
        more right before it is sent.
    :param once: it is never sent again after a lost response, because a second one would add a second thing.
    :param shown_by: whether a current state shows its effect; needed where the plan may ignore what cannot be read.
    :param within: the element that all parameters are in; empty: they are those of the method itself.
    """

    method: Method
    parameters: Parameters
    subject: str = ""
    fresh: bool = False
    once: bool = False
    shown_by: t.Callable[[t.Any], bool] | None = dataclasses.field(default=None, compare=False, repr=False)
    within: str = ""


class Section(t.Protocol[D, C]):
    """One section of the settings of a site: ``D`` is its desired state, ``C`` the one that was read."""

    @property
    def name(self) -> str:
        """The key in an entry, and in results."""

    @property
    def schema(self) -> Schema:
        """The JSON Schema of its value in an entry."""

    @property
    def public(self) -> frozenset[str] | None:
        """The keys whose values are no secrets; C(None): it has no secrets. See ``hiding``."""

    @property
    def paths(self) -> frozenset[str]:
        """Those of ``public`` whose values are names of files, directories and hosts."""

    def parse(self, given: Given) -> D:
        """The desired state.

        :raises BadInputError: it cannot be.
        """

    def read(self, reader: SectionReader, site_id: int, desired: D | None) -> C:
        """The current state; sends only reads. Without ``desired``, all of it that can be read."""

    def refuse(self, current: C, desired: D) -> None:
        """Called once, before the first write of the site.

        :raises BadInputError: ``desired`` makes no sense for a site in this state.
        """

    def waits(self, current: C) -> str:
        """What has to end before anything can be written, as a part of a sentence; empty: nothing. Then the plan is
        empty, and the section has not failed."""

    def needs(self, current: C) -> str:
        """The section of the same site that has to be written before this one can be; empty: none."""

    def plan(self, current: C, desired: D) -> list[Write]:
        """The calls from ``current`` to ``desired``, in order. Pure; empty when nothing differs.

        :raises WebsecError: the site does not offer what is desired.
        """

    def expected(self, current: C, desired: D) -> C:
        """``current`` after all calls of the plan. Pure."""

    def dump(self, current: C) -> t.Any:
        """``current`` in the form that ``parse`` takes, without secrets. C(None): there is nothing to set."""

    def problems(self, current: C) -> list[str]:
        """What the vendor says is wrong at the site, as it says it."""

    def details(self, current: C, desired: D) -> dict[str, t.Any]:
        """What is known of ``current`` besides, for the result and, if there is nothing to dump, for the diff. Without
        secrets."""

    def needs_person(self, current: C, desired: D) -> list[str]:
        """Sentences about what a person has to know or to do, although nothing failed."""


class Plain(t.Generic[D, C]):
    """What most sections have in common: no secrets, nothing to refuse or to wait for, and nothing for a person to
    do."""

    public: t.ClassVar[frozenset[str] | None] = None
    paths: t.ClassVar[frozenset[str]] = frozenset()

    def refuse(self, _current: C, _desired: D) -> None:
        """See ``Section``."""

    def waits(self, _current: C) -> str:
        """See ``Section``."""
        return ""

    def needs(self, _current: C) -> str:
        """See ``Section``."""
        return ""

    def problems(self, _current: C) -> list[str]:
        """See ``Section``."""
        return []

    def details(self, _current: C, _desired: D) -> dict[str, t.Any]:
        """See ``Section``."""
        return {}

    def needs_person(self, _current: C, _desired: D) -> list[str]:
        """See ``Section``."""
        return []


AnySection = Section[t.Any, t.Any]
