# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers of getters as documents, read as the client reads them."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import Method
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.responses import method_data
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.given import Given
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.reader import SectionReader
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.section import AnySection
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.xml import decode
from ansible_collections.hosting.websec.tests.unit.sitelock_policy.vendor import NOW


class Documents:
    """Takes reads as ``SiteLockClient`` does. ``answers`` are the documents, by the method."""

    def __init__(self, **answers: str) -> None:
        self.asked: list[str] = []
        self._answers = answers

    def call(self, method: Method, _parameters: object) -> dict[str, t.Any]:
        self.asked.append(method.name)
        below = f"<{method.name}>{self._answers[method.name]}</{method.name}>"
        body = f"<SiteLockOnlineResponse>{below}</SiteLockOnlineResponse>"
        return method_data(decode(body.encode(), method), method)

    def current(self, section: AnySection, wish: t.Any = None) -> t.Any:
        """What a section reads, for a wish or for a dump."""
        desired = None if wish is None else desired_of(section, wish)
        return section.read(reader_of(self), 1, desired)


def reader_of(client: object) -> SectionReader:
    """Reads of a run."""
    return SectionReader(t.cast("t.Any", client), RunContext())


def desired_of(section: AnySection, wish: t.Any) -> t.Any:
    """The desired state in the section of an entry."""
    return section.parse(Given(wish, f"Site 1: section {section.name}", NOW))
