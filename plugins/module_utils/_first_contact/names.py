# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The names of elements in responses, as far as a report may say them.

A name says how the API answers where its page ends, so it is worth reporting. But a server can put anything into a
name. So a name is reported only if all of its words are words of this list: it then says nothing about a customer.
"""

from __future__ import annotations

import re
import typing as t

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_NAME = re.compile(r"[A-Za-z_]{1,40}")
_MOST_WORDS = 6
_MOST_NAMES = 200

_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
        a abbr accepted access account accounts action actions active activity add added addon addons
        address addresses adopted after agent agents aggressive alert all allow allowed amount an and answer
        any api app apps application applications archive as asn at attention attribute attributes auth
        authentication auto available average backup backups bad bandwidth base before billed billing black
        blacklist block blocked blog body bot bots brand browser bundle bundles by bypass cache cached
        caching call cancelled category cdn cert certificate certificates challenge change changed changes
        check checked city class clean cleaned client cname code codes color colors comment company
        completed compliance compliant compress config configuration configured connection contact contains
        content continent continents continuous control cookie cookies copy count counter counts country
        countries create created creation criteria critical current custom customer cvv cycle daily data
        database databases date dates day days db ddos default delay delete deleted desc description detail
        details detected dir dirs disable disabled display dns domain domains done download due duration
        edited element email emails empty enable enabled encoding end ended ends err error errors event
        events exception exceptions exclude excluded exp expiration expire expired expires expiry ext
        extended exts false feature features file files filter finding findings finish finished first fix
        fixed flag flags format found free frequency from ftp full geo get group groups hash header headers
        high history hit hits home host hostname hosting hosts hour hourly hours html http https id ids
        image images in inactive incident incidents include included info information installed interval
        invoice ip ips is issue issues item items job key kind label language languages last latest lead
        legacy length level levels limit limits line link list lists local locale location lock log login
        logins low mail malware manage management manager max medium member merchant message messages method
        methods mid mids minimum minute minutes mode modes modified modify monitor month monthly months name
        names network networks new next no none not note notes notification notifications num number of off
        offer offset on open option options order origin orig original other output owner owners page pages
        paid param parameter parameters parent partner parts pass passed password patch path paths pattern
        patterns pci pending percent period permission phone plan plans platform points policy port post
        postal premium prev previous price primary prior priority processed prod product products profile
        progress protect protected protection protocol provider provisioned public purge purchase purchased
        quarantine quarterly query queue quota range ranges rate reason rec reasons record records redirect
        ref reference refund region renew renewal renewals renews replacement replacements report reports
        request requested requests require required reseller response restore result results retry risk role
        root route routing rule rules run running saved scan scanned scanner scans schedule scheduled schema
        schemas score search second secondary seconds secure security selected send sender sent sequence
        series server servers service services session set setting settings setup severity shield show
        signature since site sites size skip smart sms source spam specific sql ssh ssl stamp standard start
        started starts state statistic statistics stats status statuses step string subject subscription
        subscriptions sub success suggested summary support suspended system table tag target tax team
        telephone template term terms test text threat threats time timeout times timestamp timezone title
        tls to token tos total traffic trial true trusted two txt type types unit until update updated
        updates upload uploaded url urls usage use used user username users valid validated validation value
        values verification verified verify version view views visit visitor visits vulnerability
        vulnerabilities waf warning warnings warn web website websites weekly when white whitelist with www
        year yearly years zip zone
        """,
    )
)


def reportable(names: t.Iterable[str]) -> tuple[list[str], int]:
    """The names that may be reported, sorted, and how many others there are.

    :param names: of elements, attributes or keys, as a server sent them.
    """
    every = set(names)
    told = sorted(name for name in every if _is_plain(name))[:_MOST_NAMES]
    return told, len(every) - len(told)


def _is_plain(name: str) -> bool:
    if not _NAME.fullmatch(name):
        return False
    words = _WORD.findall(name)
    return (
        0 < len(words) <= _MOST_WORDS
        and len("".join(words)) == len(name.replace("_", ""))
        and all(word.lower() in _WORDS for word in words)
    )


def names_in(data: t.Any) -> t.Iterator[str]:
    """All names in plain data, without the marks of attributes and texts."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key != "#text":
                yield str(key).lstrip("@")
            yield from names_in(value)
    elif isinstance(data, list):
        for each in data:
            yield from names_in(each)
