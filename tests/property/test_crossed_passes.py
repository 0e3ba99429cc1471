# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Named cases: two passes at the same time, lost responses, time that passes during a pass."""

from __future__ import annotations

import collections.abc

import pytest
from property.driven_pass import Message, Pass, crossings
from property.monitor import Monitor, Site
from property.surroundings import Surroundings

ZONE = "alpha.example"
NAMES = (ZONE, f"www.{ZONE}")


class Story:
    """One site, and a function that is called at the messages of the first pass."""

    def __init__(self, surroundings: Surroundings) -> None:
        self.surroundings = surroundings
        site = {"site_id": "1", "account_id": "570", "domain": ZONE, "origin": ["192.0.2.1"]}
        plans = [{"id": "100", "name": "Pro"}]
        fleet = {"plans": plans, "accounts": [{"id": "570"}], "sites": [site]}
        surroundings.begin(fleet, {}, {ZONE: ["@ 3600 A 192.0.2.1", "www 3600 A 192.0.2.1"]})
        self.entry = {"domain": ZONE, "site_id": 1, "subscription": "100", "zone": ZONE, "state": "present"}
        self.monitor = Monitor(surroundings)
        self.monitor.begin([Site(1, ZONE, ZONE, NAMES)], [ZONE])
        self.meanwhile: collections.abc.Callable[[Message], None] = lambda _message: None
        self.first: Pass | None = None

    def new_pass(self) -> Pass:
        return Pass(self.surroundings, [self.entry], self)

    def run(self) -> Pass:
        self.first = self.new_pass()
        self.first.run()
        return self.first

    def orders(self) -> int:
        return sum(entry["event"] == "added" for entry in self.surroundings.service.world.ledger)

    def disturb(self, running: Pass, message: Message, trouble: str) -> None:
        raise AssertionError("nothing is disturbed here")

    def before(self, running: Pass, message: Message) -> None:
        if running is self.first:
            self.meanwhile(message)
        self.monitor.before(running, message)

    def after(self, running: Pass, message: Message) -> None:
        self.monitor.after(running, message)


@pytest.fixture(scope="module")
def surroundings(tmp_path_factory: pytest.TempPathFactory) -> collections.abc.Iterator[Surroundings]:
    with Surroundings(tmp_path_factory.mktemp("bind")) as there, crossings():
        yield there


@pytest.fixture
def story(surroundings: Surroundings) -> Story:
    return Story(surroundings)


def test_what_another_pass_orders_before_the_last_read_is_not_ordered_again(story: Story) -> None:
    reads: list[Message] = []

    def another(message: Message) -> None:
        if message.method == "getAnpProvisioningStatus":
            reads.append(message)
            if len(reads) == 2:
                story.new_pass().run()

    story.meanwhile = another
    story.run()
    assert len(reads) > 1
    assert story.orders() == 1


def test_an_order_whose_answer_is_lost_is_not_sent_again(story: Story) -> None:
    story.surroundings.service.faults.add({"kind": "lost_answer", "method": "provisionAddon"})
    story.run()
    story.run()
    assert story.orders() == 1


def test_the_api_cannot_prevent_an_order_between_the_last_read_and_ours(story: Story) -> None:
    """The case that C(docs/safety.md) describes, and that a setting of AWX prevents."""
    orders: list[Message] = []

    def another(message: Message) -> None:
        if message.method == "provisionAddon":
            orders.append(message)
            if len(orders) == 1:
                story.new_pass().run()

    story.meanwhile = another
    story.run()
    assert story.orders() == 2
    assert story.monitor.counts["orders crossed, excused"] == 1


def test_a_ttl_is_counted_from_the_change_and_not_from_the_begin_of_the_pass(story: Story) -> None:
    story.run()
    assert story.monitor.in_use(story.monitor.sites[1])
    story.entry["state"] = "absent"
    slow = story.new_pass()
    while slow.next_step != "DNS changes":
        slow.step()
    story.surroundings.advance(3600)
    slow.run()
    assert not story.monitor.in_use(story.monitor.sites[1])
    story.surroundings.advance(240)
    story.run()
    assert [entry["event"] for entry in story.surroundings.service.world.ledger] == ["added"]
    story.surroundings.advance(61)
    story.run()
    assert [entry["event"] for entry in story.surroundings.service.world.ledger] == ["added", "deleted"]


def rows(one: Pass) -> list[dict[str, object]]:
    assert one.report is not None
    return [{key: row[key] for key in ("error", "waiting_for", "changed")} for row in one.report]


@pytest.mark.parametrize("way", ["in", "settled", "out"])
def test_a_pass_that_is_overtaken_fails_nowhere(story: Story, way: str) -> None:
    """Another pass runs as a whole between two steps of this one, at each place in turn."""
    for place in range(1, len(Pass.STEPS)):
        if place > 1:
            story = Story(story.surroundings)
        if way != "in":
            story.run()
        if way == "out":
            story.entry["state"] = "absent"
        slow = story.new_pass()
        for _step in range(place):
            slow.step()
        # The times in the two state records must differ.
        story.surroundings.advance(5)
        fast = story.new_pass()
        fast.run()
        slow.run()
        for row in (*rows(fast), *rows(slow)):
            assert row["error"] is None, (place, row)
        assert story.orders() == 1
        # Only waiting for others remains.
        last = story.new_pass()
        last.run()
        assert [row["changed"] for row in rows(last)] == [False], place
