# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What of a pass needs an approval: all but the state records."""

from __future__ import annotations

import dns.name
import pytest
from dns.rdatatype import TXT, A, RdataType

from ansible_collections.hosting.websec.plugins.module_utils._approval.approval import Approval
from ansible_collections.hosting.websec.plugins.module_utils._dns.plan import Change
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.catalogue import Catalogue
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.approval import PassApproval


@pytest.mark.parametrize(
    ("name", "rdtype", "is_note"),
    [
        ("_websec.shop.example.", TXT, True),
        ("_websec.shop.example.", A, False),
        ("shop.example.", TXT, False),
        ("_websecond.shop.example.", TXT, False),
    ],
)
def test_only_a_state_record_is_no_part_of_a_plan(name: str, rdtype: RdataType, is_note: bool) -> None:
    change = Change(dns.name.from_text(name), rdtype, None, None)
    approval = PassApproval(Catalogue({}), Approval([]))
    assert (approval.refuses_change(change) is None) == is_note
    approval.note_changes([change])
    assert (not approval.planned) == is_note
