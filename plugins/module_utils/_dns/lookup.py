# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Record sets of one zone at one server, read in one go, and only if they are of this zone.

A server with a zone and a child zone answers for both, and a response with a record may not say which of them it is
from.
The zone of a name is shown by the SOA of a negative response, by the NS records in a positive one (BIND), or by one
more query for the SOA. Nothing else is queried: a name with a known zone also shows the zone of all names above it, and
a CNAME is in the zone of its parent.
"""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._dns.client import DnsClient
from ansible_collections.hosting.websec.plugins.module_utils._dns.messages import (
    ElsewhereError,
    elsewhere,
    is_aliased,
    read_record_set,
    zone_in_answer,
)
from ansible_collections.hosting.websec.plugins.module_utils._dns.records import Key, RecordSet
from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing

try:
    import dns.message
    import dns.name
    from dns.rdatatype import CNAME, SOA
except ImportError:
    note_missing("dnspython")

Sets = dict[Key, t.Optional[RecordSet]]
"""The content of a response: the requested set, and a CNAME at its name."""


class ZoneReader:
    """Reads in ``zone`` at the server of ``client``, and remembers the zones of names.

    :param keep_answers: keep all messages in ``answers``.
    """

    def __init__(self, client: DnsClient, zone: dns.name.Name, *, keep_answers: bool = False) -> None:
        self._client = client
        self._zone = zone
        self._inside = {zone}
        """Names in this zone; with a name, those between it and the apex."""
        self._keep_answers = keep_answers
        self.answers: dict[Key, dns.message.Message] = {}

    def read(self, keys: t.Sequence[Key]) -> dict[Key, Sets | ElsewhereError]:
        """For each key the sets, or the error that its name is in another zone.

        :raises WebsecError: the server is unreachable, refuses, or does not serve this zone.
        """
        found = self.read_each(keys)
        for sets in found.values():
            if isinstance(sets, WebsecError) and not isinstance(sets, ElsewhereError):
                raise sets
        return t.cast("dict[Key, Sets | ElsewhereError]", found)

    def read_each(self, keys: t.Sequence[Key]) -> dict[Key, Sets | WebsecError]:
        """Like ``read``, with each error in the place of its key.

        :raises WebsecError: the server is unreachable.
        """
        answers = dict(zip(keys, self._client.ask(keys) if keys else ()))
        if self._keep_answers:
            self.answers.update(answers)
        found = {at: self._read_one(answer, at) for at, answer in answers.items()}
        self._make_sure(found)
        return found

    def _read_one(self, answer: dns.message.Message, at: Key) -> Sets | WebsecError:
        try:
            sets = read_record_set(answer, at, self._zone, self._client.server)
        except WebsecError as error:
            return error
        self._learn(answer, at)
        return sets

    def _learn(self, answer: dns.message.Message, at: Key) -> None:
        name, rdtype = at
        # After a CNAME, the rest of a response is about its target.
        if rdtype != CNAME and is_aliased(answer):
            return
        if any(rrset.name == self._zone for rrset in answer.authority):
            self._note_inside(name)

    def _note_inside(self, name: dns.name.Name) -> None:
        while name not in self._inside:
            self._inside.add(name)
            name = name.parent()

    def _make_sure(self, found: dict[Key, Sets | WebsecError]) -> None:
        """Query the SOA of the names with records whose zone is still unknown."""
        subjects = {
            at: _place(at[0], sets)
            for at, sets in found.items()
            if not isinstance(sets, WebsecError) and any(record_set is not None for record_set in sets.values())
        }
        others: dict[dns.name.Name, dns.name.Name | None] = {}
        asked = {subject: subject for subject in subjects.values() if subject not in self._inside}
        while asked:
            order = list(asked.items())
            answers = self._client.ask([(question, SOA) for _subject, question in order])
            asked = {}
            for (subject, question), answer in zip(order, answers):
                zone = zone_in_answer(answer, question)
                if zone is None and is_aliased(answer) and question != self._zone:
                    asked[subject] = question.parent()
                elif zone == self._zone or question in self._inside:
                    self._note_inside(question)
                else:
                    others[subject] = zone
        for at, subject in subjects.items():
            if subject in others:
                found[at] = elsewhere(at[0], others[subject], self._zone, self._client.server)


def _place(name: dns.name.Name, sets: Sets) -> dns.name.Name:
    """A name in the same zone as ``name``: for a CNAME, which cannot be an apex, its parent; otherwise itself."""
    return name.parent() if sets.get((name, CNAME)) is not None else name
