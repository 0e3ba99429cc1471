# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The section certificate: compared with what the CDN serves, refused when it cannot serve, and never shown."""

from __future__ import annotations

import base64
import json
import pathlib
import typing as t

import pytest
from cryptography.hazmat.primitives import serialization
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy import certificate_files
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.certificate_files import read_certificate
from ansible_collections.hosting.websec.tests.unit.sitelock_policy.certificates import SHOP, Made, make
from ansible_collections.hosting.websec.tests.unit.sitelock_policy.edge_vendor import (
    DEFAULT,
    NETWORK,
    EdgeVendor,
    Site,
    run,
)

Entry = dict[str, t.Any]

WANTED, OLD = make(), make(number=3)
UPLOAD, REMOVE = "uploadWAFCertificate", "removeWAFCertificate"
PASSPHRASE = "correct horse battery"
PRINT = WANTED.read.fingerprint


def wish_of(made: Made = WANTED, **more: t.Any) -> Entry:
    return {"certificate": made.pem, "private_key": made.key_pem, **more}


@pytest.mark.parametrize(
    ("site", "wish", "sent"),
    [
        (Site(), wish_of(), [UPLOAD]),
        (Site(uploaded=WANTED.read), wish_of(), []),
        (Site(uploaded=WANTED.read), wish_of(force_upload=True), []),
        # Somebody put another one there, whatever was uploaded before.
        (Site(uploaded=OLD.read), wish_of(fingerprint=PRINT), [UPLOAD]),
        (Site(silent=True, uploaded=OLD.read), wish_of(), [UPLOAD]),
        (Site(silent=True, uploaded=WANTED.read), wish_of(), []),
        # What is served is for another name: that of a proxy, or of a CDN that has nothing for the site.
        (Site(stale=DEFAULT), wish_of(fingerprint=PRINT), []),
        (Site(stale=DEFAULT), wish_of(fingerprint=PRINT, force_upload=True), [UPLOAD]),
        (Site(stale=DEFAULT), wish_of(fingerprint=""), [UPLOAD]),
        (Site(stale=DEFAULT), wish_of(fingerprint=OLD.read.fingerprint), [UPLOAD]),
        (Site(stale=DEFAULT), wish_of(), [UPLOAD]),
        # It is not served: what is known of the last upload counts.
        (Site(reachable=False), wish_of(), []),
        (Site(reachable=False), wish_of(fingerprint=PRINT), []),
        (Site(reachable=False), wish_of(fingerprint=PRINT.upper()), []),
        (Site(reachable=False), wish_of(fingerprint=OLD.read.fingerprint), [UPLOAD]),
        (Site(reachable=False), wish_of(fingerprint=""), [UPLOAD]),
        (Site(reachable=False), wish_of(force_upload=True), [UPLOAD]),
        # Gone.
        (Site(), {"state": "absent"}, []),
        (Site(uploaded=OLD.read, routing=False), {"state": "absent"}, [REMOVE]),
        (Site(uploaded=OLD.read), {"state": "absent", "force": True}, [REMOVE]),
        (Site(ssl=False, reachable=False), {"state": "absent"}, []),
        (Site(silent=True, uploaded=OLD.read), {"state": "absent", "force": True}, []),
        (
            Site(silent=True, uploaded=WANTED.read),
            {"state": "absent", "force": True, "fingerprint": PRINT},
            [REMOVE],
        ),
        (Site(silent=True, uploaded=OLD.read), {"state": "absent", "force": True, "fingerprint": PRINT}, []),
    ],
)
def test_what_is_sent(site: Site, wish: Entry, sent: list[str]) -> None:
    vendor = EdgeVendor(s1=site)
    foretold = run(vendor, {"certificate": wish}, check_mode=True)
    assert (vendor.writes(), foretold["actions"], foretold["error"]) == ([], sent, None)
    row = run(vendor, {"certificate": wish})
    assert (vendor.writes(), row["actions"], row["error"]) == (sent, sent, None)
    assert foretold["diff"] == row["diff"]
    assert vendor.calls.count("getAnpProvisioningStatus") == 2 + bool(sent) + (sent == [REMOVE])


def test_an_upload_that_the_cdn_does_not_serve_at_once() -> None:
    vendor = EdgeVendor(s1=Site(lags=True))
    row = run(vendor, {"certificate": wish_of()})
    assert (vendor.writes(), row["error"], row["changed"]) == ([UPLOAD], None, True)
    assert "the CDN still serves another one, which ends on 2027-02-27" in row["needs_person"][0]
    vendor.site.lags = False
    row = run(vendor, {"certificate": wish_of()})
    assert (vendor.writes(), row["changed"], row["needs_person"]) == ([UPLOAD], False, [])


def test_a_lost_answer_and_nothing_to_see_is_no_success() -> None:
    vendor = EdgeVendor(s1=Site())
    vendor.lose_sight(UPLOAD)
    row = run(vendor, {"certificate": wish_of()})
    assert (row["error"]["kind"], vendor.writes()) == ("outcome_unknown", [UPLOAD])
    assert row["details"] == {"certificate": {"fingerprint": None}}


@pytest.mark.parametrize(
    ("site", "wish", "fingerprint"),
    [
        (Site(uploaded=OLD.read), wish_of(), PRINT),
        (Site(uploaded=OLD.read, routing=False), {"state": "absent", "fingerprint": OLD.read.fingerprint}, None),
    ],
    ids=["upload", "removal"],
)
def test_what_was_accepted_is_known_although_it_cannot_be_read_again(
    site: Site, wish: Entry, fingerprint: str | None
) -> None:
    vendor = EdgeVendor(s1=site)
    vendor.fall_silent()
    row = run(vendor, {"certificate": wish})
    assert (row["error"]["kind"], row["changed_sections"], len(vendor.writes())) == ("timeout", ["certificate"], 1)
    assert row["details"] == {"certificate": {"fingerprint": fingerprint}}


def test_the_fingerprint_is_returned_to_be_kept() -> None:
    vendor = EdgeVendor(s1=Site(reachable=False))
    kept = ""
    for number, made in enumerate([WANTED, WANTED, OLD, OLD]):
        row = run(vendor, {"certificate": wish_of(made, fingerprint=kept)})
        kept = row["details"]["certificate"]["fingerprint"]
        assert kept == made.read.fingerprint
        assert len(vendor.writes()) == 1 + number // 2
        assert "whether the CDN serves it is unknown: it could not be reached" in row["needs_person"][0]


def test_the_diff_shows_which_certificate() -> None:
    row = run(EdgeVendor(s1=Site()), {"certificate": wish_of()}, check_mode=True)
    name = SHOP[0]
    assert row["diff"] == {
        "before": {name: {"certificate": {"fingerprint": NETWORK.fingerprint}}},
        "after": {name: {"certificate": {"fingerprint": PRINT}}},
    }


def test_a_certificate_stays_while_visitors_come_through_the_cdn() -> None:
    vendor = EdgeVendor(s1=Site(uploaded=OLD.read))
    row = run(vendor, {"certificate": {"state": "absent"}})
    assert (row["error"]["kind"], vendor.writes()) == ("rejected", [])


# ---- what is sent of a file


def _sent(vendor: EdgeVendor) -> Entry:
    (given,) = [given for name, given in vendor.sent if name == UPLOAD]
    return given


def _decoded(text: str) -> str:
    return base64.b64decode(text, validate=True).decode()


def test_of_a_file_with_everything_in_it_only_the_certificates_are_sent_as_such(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "shop.pem"
    file.write_text(f"a comment\n{WANTED.pem}{WANTED.key_pem}{OLD.pem}")
    vendor = EdgeVendor(s1=Site())
    run(vendor, {"certificate": {"certificate_file": str(file), "private_key_file": str(file)}})
    given = _sent(vendor)
    assert _decoded(given["certificate"]) == WANTED.pem + OLD.pem
    assert WANTED.key_pem in _decoded(given["private_key"])
    assert (given["type"], sorted(given)) == ("pem", ["certificate", "private_key", "site_id", "type"])


def test_a_certificate_that_the_library_cannot_read_is_no_mistake_of_ours(tmp_path: pathlib.Path) -> None:
    odd = WANTED.certificate.public_bytes(serialization.Encoding.DER).replace(
        b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x05"
    )
    with pytest.raises(ValueError, match="InvalidVersion"):
        read_certificate(odd)
    file, key = tmp_path / "odd.cer", tmp_path / "odd.key"
    file.write_bytes(odd)
    key.write_text(WANTED.key_pem)
    wish = {"type": "cer", "certificate_file": str(file), "private_key_file": str(key)}
    row = run(EdgeVendor(s1=Site()), {"certificate": wish})
    assert row["error"]["kind"] == "bad_input"
    assert "is not a certificate in DER or PEM" in row["error"]["message"]


@pytest.mark.parametrize("passphrase", ["", "hunter 2"])
def test_of_a_file_with_a_key_only_the_key_is_sent(tmp_path: pathlib.Path, passphrase: str) -> None:
    own, other = WANTED.key_file(passphrase), OLD.key_pem
    file = tmp_path / "all.pem"
    wish = {"certificate": WANTED.pem, "private_key_file": str(file), "passphrase": passphrase or None}
    file.write_text(f"comment\n{OLD.pem}{own}{WANTED.pem}")
    vendor = EdgeVendor(s1=Site())
    assert run(vendor, {"certificate": wish})["error"] is None
    assert _decoded(_sent(vendor)["private_key"]).strip() == WANTED.key_pem.strip()
    # Of two keys nobody knows which one is meant, and the other one would be sent as well.
    file.write_text(f"{own}{other}")
    vendor = EdgeVendor(s1=Site())
    row = run(vendor, {"certificate": wish})
    assert (row["error"]["kind"], vendor.writes()) == ("bad_input", [])
    assert "holds 2 private keys" in row["error"]["message"]


def test_the_routing_is_read_once_more_before_a_removal() -> None:
    vendor = EdgeVendor(s1=Site(uploaded=WANTED.read, routing=False))
    reads = 0
    call = vendor.call

    def routed_meanwhile(method: t.Any, parameters: t.Any) -> t.Any:
        nonlocal reads
        reads += method.name == "getAnpProvisioningStatus"
        vendor.site.routing = reads > 1
        return call(method, parameters)

    vendor.call = routed_meanwhile  # type: ignore[method-assign]  # somebody else's change
    row = run(vendor, {"certificate": {"state": "absent"}})
    assert (row["error"]["kind"], vendor.writes()) == ("rejected", [])


def test_an_encrypted_key_is_sent_without_its_passphrase() -> None:
    vendor = EdgeVendor(s1=Site())
    wish = wish_of(private_key=WANTED.key_file(PASSPHRASE), passphrase=PASSPHRASE)
    run(vendor, {"certificate": wish})
    given = _sent(vendor)
    assert "passphrase" not in given
    assert _decoded(given["private_key"]) == WANTED.key_pem


@pytest.mark.parametrize("passphrase", [PASSPHRASE, ""])
def test_a_pfx_file_is_sent_as_it_is(tmp_path: pathlib.Path, passphrase: str) -> None:
    file = tmp_path / "shop.pfx"
    file.write_bytes(WANTED.pfx(passphrase))
    wish = {"type": "pfx", "certificate_file": str(file), **({"passphrase": passphrase} if passphrase else {})}
    vendor = EdgeVendor(s1=Site(reachable=False))
    # The vendor of this test reads no PFX.
    vendor.faults[UPLOAD].append("refused")
    run(vendor, {"certificate": {**wish, "force_upload": True}})
    given = _sent(vendor)
    assert base64.b64decode(given["certificate"]) == file.read_bytes()
    assert (given["type"], given.get("passphrase", "")) == ("pfx", passphrase)
    assert "private_key" not in given


def test_a_certificate_in_der(tmp_path: pathlib.Path) -> None:
    file, key = tmp_path / "shop.cer", tmp_path / "shop.key"
    file.write_bytes(WANTED.der)
    key.write_text(WANTED.key_pem)
    vendor = EdgeVendor(s1=Site())
    wish = {"type": "cer", "certificate_file": str(file), "private_key_file": str(key)}
    assert run(vendor, {"certificate": wish})["changed"]
    assert base64.b64decode(_sent(vendor)["certificate"]) == WANTED.der
    assert not run(vendor, {"certificate": wish})["changed"]


# ---- what a certificate has to be

LONG_KEY = make(rsa_bits=4096)


@pytest.mark.parametrize(
    ("wish", "told"),
    [
        (lambda: wish_of(certificate="none at all"), "certificate is not a certificate in PEM"),
        (lambda: wish_of(certificate=WANTED.pem[:300]), "certificate is not a certificate in PEM"),
        (lambda: wish_of(certificate=WANTED.key_pem), "certificate is not a certificate in PEM"),
        (lambda: wish_of(private_key="none at all"), "private_key is not a private key"),
        (lambda: wish_of(private_key=WANTED.pem), "private_key is not a private key"),
        (lambda: wish_of(private_key=OLD.key_pem), "private_key does not fit the certificate"),
        (lambda: wish_of(certificate=OLD.pem + WANTED.pem), "private_key does not fit the certificate"),
        (lambda: wish_of(make(days=-1)), "certificate expired on 2026-11-28"),
        (lambda: wish_of(make(since=2)), "certificate is not valid before 2026-12-01"),
        (lambda: wish_of(make(("shop.example",))), "is not for www.shop.example; it names shop.example"),
        (lambda: wish_of(make(("*.shop.example",))), "is not for shop.example; it names *.shop.example"),
        (lambda: wish_of(make(("other.example", "*.example"))), "is not for www.shop.example"),
        (lambda: wish_of(make(())), "it names no DNS name"),
        (lambda: wish_of(WANTED, aliases=["blog"]), "is not for blog.shop.example"),
        (lambda: wish_of(LONG_KEY), "private_key has 4,096 bits; SiteLock takes RSA keys of less than 4,096"),
        (lambda: wish_of(private_key=WANTED.key_file(PASSPHRASE)), "is encrypted, and no passphrase is given"),
        (
            lambda: wish_of(private_key=WANTED.key_file(PASSPHRASE), passphrase="battery horse"),
            "passphrase does not fit the private key",
        ),
        (lambda: {"private_key": WANTED.key_pem}, "certificate_file is missing"),
        (lambda: {"certificate": WANTED.pem}, "private_key_file is missing"),
        (lambda: wish_of(private_key_file="shop.key"), "private_key and private_key_file are both given"),
        (lambda: wish_of(type="pfx"), "certificate can be given as a text only with type pem"),
        (lambda: wish_of(type="p7b"), "type is"),
        (lambda: wish_of(fingerprint="12:34"), "fingerprint is '12:34'; it must be a SHA-256"),
        (lambda: wish_of(passphrase=True), "passphrase is ********; it must be a text"),
        (lambda: wish_of(keyfile="shop.key"), "unknown keys: keyfile"),
        (
            lambda: {"certificate_file": "/nowhere/shop.pem", "private_key": WANTED.key_pem},
            "certificate_file (/nowhere/shop.pem) cannot be read: No such file",
        ),
        (lambda: WANTED.key_pem, "it is ********; it must be a dictionary"),
        (dict, "it is empty"),
    ],
)
def test_what_is_wrong_in_the_file(wish: t.Callable[[], t.Any], told: str) -> None:
    vendor, given = EdgeVendor(s1=Site()), wish()
    row = run(vendor, {"certificate": given})
    assert (row["error"]["kind"], vendor.calls) == ("bad_input", [])
    assert row["error"]["message"].startswith("Site 1: section certificate")
    assert told in row["error"]["message"]
    assert_silent(row)


@pytest.mark.parametrize(
    ("names", "domain", "more"),
    [
        (SHOP, "shop.example", {}),
        (("Shop.Example", "*.SHOP.example"), "shop.example", {}),
        (("shop.example",), "shop.example", {"aliases": []}),
        (("shop.example",), "shop.example", {"apex": False}),
        # No apex, as far as anybody knows without the zone.
        (("a.shop.example",), "a.shop.example", {}),
        (("*.shop.example",), "a.shop.example", {}),
        (("xn--bcher-kva.example", "www.xn--bcher-kva.example"), "bücher.example", {}),
    ],
)
def test_the_names_that_a_certificate_needs(names: tuple[str, ...], domain: str, more: Entry) -> None:
    row = run(EdgeVendor(s1=Site()), {"domain": domain, "certificate": wish_of(make(names), **more)})
    assert (row["error"], row["actions"]) == (None, [UPLOAD])


def test_rsa_of_2048_bits_is_taken() -> None:
    assert run(EdgeVendor(s1=Site()), {"certificate": wish_of(make(rsa_bits=2048))})["actions"] == [UPLOAD]


def test_a_pfx_file_with_another_passphrase(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "shop.pfx"
    file.write_bytes(WANTED.pfx(PASSPHRASE))
    wish = {"type": "pfx", "certificate_file": str(file), "passphrase": "another one"}
    row = run(EdgeVendor(s1=Site()), {"certificate": wish})
    assert "is not a PFX file, or passphrase does not fit it" in row["error"]["message"]


def test_a_folder_or_a_huge_file_is_no_certificate(tmp_path: pathlib.Path) -> None:
    huge = tmp_path / "huge.pem"
    with huge.open("wb") as opened:
        opened.truncate(2 * 1024 * 1024)
    for file, told in ((tmp_path, "No such file"), (huge, "more than 131,072 bytes")):
        row = run(EdgeVendor(s1=Site()), {"certificate": {"certificate_file": str(file), "private_key": "x"}})
        assert told in row["error"]["message"]


def test_it_needs_the_domain() -> None:
    row = run(EdgeVendor(s1=Site()), {"domain": None, "certificate": wish_of()})
    assert "the entry has no domain" in row["error"]["message"]


def test_ssl_off_and_a_certificate_contradict_each_other() -> None:
    vendor = EdgeVendor(s1=Site())
    row = run(vendor, {"ssl": {"enabled": "no", "force": True}, "certificate": wish_of()})
    assert "which removes the certificate" in row["error"]["message"]
    assert vendor.calls == []
    assert run(vendor, {"ssl": {"enabled": True}, "certificate": wish_of()})["error"] is None


def test_a_certificate_that_ends_soon_is_a_matter_for_a_person() -> None:
    soon, later = make(days=30), make(days=31)
    (sentence,) = run(EdgeVendor(s1=Site(uploaded=soon.read)), {"certificate": wish_of(soon)})["needs_person"]
    assert "it ends on 2026-12-29" in sentence
    assert run(EdgeVendor(s1=Site(uploaded=later.read)), {"certificate": wish_of(later)})["needs_person"] == []


@pytest.mark.parametrize(
    ("site", "wish", "told"),
    [
        (Site(reachable=False), wish_of(), "it could not be reached. Set address, or force_upload: true"),
        (Site(stale=DEFAULT), wish_of(fingerprint=PRINT), "Check whether a proxy looks into TLS here"),
        (Site(silent=True), {"state": "absent"}, "whether one is uploaded is unknown"),
    ],
)
def test_nothing_is_done_blindly(site: Site, wish: Entry, told: str) -> None:
    (sentence,) = run(EdgeVendor(s1=site), {"certificate": wish})["needs_person"]
    assert told in sentence


def test_without_the_library_only_this_section_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certificate_files, "IS_READY", False)
    vendor = EdgeVendor(s1=Site())
    row = run(vendor, {"certificate": wish_of()})
    assert (row["error"]["kind"], vendor.calls) == ("missing_library", [])
    assert "pip install cryptography" in row["error"]["hint"]
    assert run(vendor, {"ssl": {"enabled": True}})["error"] is None


# ---- faults


@settings(max_examples=150, deadline=None, database=None)
@given(
    site=st.builds(
        Site,
        silent=st.booleans(),
        routing=st.booleans(),
        uploaded=st.sampled_from([None, WANTED.read, OLD.read]),
        reachable=st.booleans(),
        tells_origin=st.booleans(),
    ),
    made=st.sampled_from([None, WANTED, OLD]),
    force=st.booleans(),
    fault=st.sampled_from(["", "lost answer", "lost request", "refused"]),
)
def test_one_run_is_enough_whatever_is_lost(site: Site, made: Made | None, force: bool, fault: str) -> None:
    before = site.uploaded
    vendor = EdgeVendor(s1=site)
    wish = {"certificate": {"state": "absent"} if made is None else wish_of(made)}
    wish["certificate"]["force"] = force
    for method in (UPLOAD, REMOVE):
        vendor.faults[method].append(fault)
    row = run(vendor, wish)
    sent = vendor.writes()
    if made is None and (before is None or (not force and (site.routing or site.silent))):
        assert (REMOVE in sent, site.uploaded) == (False, before)
    if made is not None and site.reachable and fault != "refused":
        assert (row["error"], site.uploaded) == (None, made.read)
    if made is not None and not site.reachable:
        assert (row["error"], sent) == (None, [])
    if row["error"] is None:
        run(vendor, wish)
        assert vendor.writes() == sent


# ---- secrets


def assert_silent(shown: t.Any, *more: str) -> None:
    """Nothing of a key is in a result, as it is, in lines, or in Base64."""
    text = json.dumps(shown) if not isinstance(shown, str) else shown
    keys = [made.key_pem for made in (WANTED, OLD)] + [PASSPHRASE, "battery horse", *more]
    for key in keys:
        for line in key.splitlines():
            assert line[:20] not in text
        assert base64.b64encode(key.encode()).decode()[:40] not in text


def test_nothing_of_a_key_is_in_a_result() -> None:
    for fault in ("", "refused", "lost request"):
        vendor = EdgeVendor(s1=Site())
        vendor.faults[UPLOAD].extend([fault, fault])
        row = run(vendor, {"certificate": wish_of(private_key=WANTED.key_file(PASSPHRASE), passphrase=PASSPHRASE)})
        assert bool(row["error"]) == bool(fault)
        assert_silent(row)
