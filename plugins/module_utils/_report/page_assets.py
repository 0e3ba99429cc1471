# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Style and script of the report page. Constants: their hashes stand in the page's Content Security Policy."""

from __future__ import annotations

import base64
import hashlib

STYLE = """
:root {
  color-scheme: light dark;
  --page: #f3f5f8; --card: #ffffff; --text: #17202c; --muted: #566170; --line: #d9dfe7; --link: #0b57b0;
  --bad: #b3201d; --bad-card: #fdf1f0; --warn: #8a4b00; --warn-card: #fdf6e9;
  --ready: #1a7f4b; --validation: #7a4fc4; --pending: #2f6fd0; --retry: #b26a00; --error: #c62828; --none: #8a94a3;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --page: #10141a; --card: #191f28; --text: #e7ecf3; --muted: #a3afbf; --line: #303a47; --link: #86b8ff;
    --bad: #ff9d96; --bad-card: #2a1b1d; --warn: #f2bd6b; --warn-card: #28221a;
    --ready: #41b67c; --validation: #b48df2; --pending: #6aa2f5; --retry: #e0a040; --error: #f0655c; --none: #7d8896;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, sans-serif;
  overflow-wrap: anywhere;
}
.all { max-width: 76rem; margin: 0 auto; padding: 1.5rem 1.25rem 3rem; }
a { color: var(--link); }
a:focus-visible, input:focus-visible, select:focus-visible, summary:focus-visible {
  outline: 3px solid var(--link); outline-offset: 2px; border-radius: 4px;
}
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: 1rem; padding: .5rem 1rem; background: var(--card); }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem; letter-spacing: -.01em; }
h2 { font-size: 1.15rem; margin: 2.25rem 0 .75rem; }
h3 { font-size: 1rem; margin: 0; }
p { margin: .25rem 0; }
small, .muted { color: var(--muted); font-size: .875rem; }
.check {
  border: 1px solid var(--line); border-left: 4px solid var(--pending); border-radius: 8px; background: var(--card);
  padding: .6rem .9rem; margin-top: 1rem;
}
.old { color: var(--bad); font-weight: 600; }

.tiles {
  display: grid; grid-template-columns: repeat(4, 1fr); gap: .75rem; margin: 1.25rem 0 0; padding: 0; list-style: none;
}
.tiles a, .card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.tiles a { display: block; height: 100%; padding: .75rem 1rem .8rem; color: inherit; text-decoration: none; }
.tiles a:hover { border-color: var(--link); }
.tiles b { display: block; font-size: 1.9rem; line-height: 1.2; font-weight: 650; font-variant-numeric: tabular-nums; }
.tiles .bad { color: var(--bad); }
.tiles .good { color: var(--ready); }

.card { padding: .9rem 1rem; margin-top: .75rem; }
.states .bar { display: block; width: 100%; height: 14px; border-radius: 7px; background: var(--line); }
.states ul { display: flex; flex-wrap: wrap; gap: .35rem 1.75rem; margin: .75rem 0 0; padding: 0; list-style: none; }
.state { white-space: nowrap; }
.states b { font-variant-numeric: tabular-nums; }
.state::before {
  content: ""; display: inline-block; width: .65em; height: .65em; margin-right: .45em; border-radius: 50%;
  background: var(--none); -webkit-print-color-adjust: exact; print-color-adjust: exact;
}
.ready::before { background: var(--ready); }
.validation::before { background: var(--validation); border-radius: 2px; }
.pending::before { background: var(--pending); border-radius: 2px; }
.retry::before { background: var(--retry); border-radius: 2px; }
.error::before { background: var(--error); border-radius: 0; transform: rotate(45deg) scale(.9); }
.bar rect { fill: var(--none); }
.bar .ready { fill: var(--ready); }
.bar .validation { fill: var(--validation); }
.bar .pending { fill: var(--pending); }
.bar .retry { fill: var(--retry); }
.bar .error { fill: var(--error); }

.urgent { border-left: 4px solid var(--error); background: var(--bad-card); }
.soon { border-left: 4px solid var(--retry); background: var(--warn-card); }
.urgent h3 { color: var(--bad); }
.soon h3 { color: var(--warn); }
.head { display: flex; flex-wrap: wrap; justify-content: space-between; gap: .1rem 1rem; }
.head span { color: var(--muted); font-variant-numeric: tabular-nums; }
.group ul { margin: .5rem 0 0; padding: 0; list-style: none; }
.group li { padding: .5rem 0; border-top: 1px solid var(--line); }
.group .short { display: grid; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); gap: 0 1.5rem; }
.group .short li { padding: .3rem 0; }
.group > ul > li:last-child { padding-bottom: 0; }
.short small { white-space: nowrap; }
.group .hint { margin-top: .35rem; }
.group li p { margin: 0; }
.texts span { display: block; }
summary { cursor: pointer; color: var(--link); margin-top: .5rem; }

.find { display: grid; grid-template-columns: 1fr auto; gap: .25rem .75rem; margin: 0 0 .75rem; align-items: end; }
.find[hidden] { display: none; }
.find label { display: block; font-size: .875rem; color: var(--muted); }
.find output { grid-column: 1 / -1; font-size: .875rem; color: var(--muted); }
input, select {
  display: block; width: 100%; min-height: 2.75rem; padding: .4rem .7rem; font: inherit; color: inherit;
  background: var(--card); border: 1px solid var(--none); border-radius: 8px;
}
table {
  width: 100%; table-layout: fixed; border-collapse: collapse; background: var(--card); border: 1px solid var(--line);
  font-size: .9375rem;
}
caption { text-align: left; color: var(--muted); font-size: .875rem; padding-bottom: .5rem; }
th, td { text-align: left; vertical-align: top; padding: .5rem .75rem; border-bottom: 1px solid var(--line); }
thead th {
  position: sticky; top: 0; background: var(--card); font-size: .8125rem; color: var(--muted); font-weight: 600;
  box-shadow: inset 0 -1px 0 var(--line); border-bottom: 0;
}
thead th:nth-child(1) { width: 28%; }
thead th:nth-child(2) { width: 19%; }
thead th:nth-child(3) { width: 18%; }
tbody th { font-weight: 600; }
tbody th small { font-weight: 400; white-space: nowrap; }
tr[hidden] { display: none !important; }
td .failed { color: var(--bad); }
td .note { color: var(--warn); }
td p { margin: 0; }
footer { margin-top: 2rem; color: var(--muted); font-size: .875rem; }

@media screen and (max-width: 44rem) {
  .all { padding: 1rem .75rem 2rem; }
  h1 { font-size: 1.35rem; }
  .tiles { grid-template-columns: 1fr 1fr; gap: .5rem; }
  .find { grid-template-columns: 1fr; }
  table, tbody { display: block; border: 0; background: none; }
  caption { display: block; }
  thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
  tbody tr {
    display: flex; flex-wrap: wrap; gap: 0 .6rem; margin-bottom: .5rem; padding: .6rem .8rem;
    background: var(--card); border: 1px solid var(--line); border-radius: 8px;
  }
  tbody th, tbody td { flex: 0 1 100%; padding: 0; border: 0; }
  tbody td:nth-of-type(1), tbody td:nth-of-type(2) { flex-basis: auto; }
  tbody td:empty { display: none; }
  td:nth-of-type(2)::before { content: "since "; color: var(--muted); }
}
@media print {
  :root { --page: #fff; --card: #fff; --bad-card: #fff; --warn-card: #fff; --text: #000; --muted: #444; --line: #bbb; }
  .all { max-width: none; padding: 0; }
  .find, .skip { display: none; }
  .tiles a, tr, li { break-inside: avoid; }
  h2, h3, .head { break-after: avoid; }
  thead th { position: static; }
  details::details-content { display: block; content-visibility: visible; height: auto; }
  body { font-size: 10pt; }
}
"""

SCRIPT = """
(() => {
  "use strict";
  const form = document.getElementById("find");
  const [text, kind, told] = [form.elements.text, form.elements.kind, form.elements.told];
  const rows = Array.from(document.querySelectorAll("#sites tbody tr"));
  let contents, timer;

  function show() {
    contents = contents || rows.map((row) => row.textContent.toLowerCase());
    const words = text.value.toLowerCase().split(/\\s+/).filter(Boolean);
    let shown = 0;
    rows.forEach((row, index) => {
      const fits = !kind.value || ` ${row.dataset.is} `.includes(` ${kind.value} `);
      const hit = fits && words.every((word) => contents[index].includes(word));
      if (row.hidden === hit) row.hidden = !hit;
      shown += hit;
    });
    told.value = kind.value || words.length ? `${shown} of ${rows.length} shown` : "";
  }

  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(show, 100); });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-show]");
    if (!link) return;
    kind.value = link.dataset.show;
    text.value = link.dataset.text || "";
    show();
  });
  show();

  const time = document.getElementById("time"), age = document.getElementById("age");
  function grow() {
    const minutes = Math.floor((Date.now() - Date.parse(time.dateTime)) / 60000);
    if (minutes < 0) return;
    age.textContent = minutes < 120 ? ` (${minutes} min ago)`
      : minutes < 2880 ? ` (${Math.floor(minutes / 60)} h ago)` : ` (${Math.floor(minutes / 1440)} days ago)`;
    age.classList.toggle("old", minutes >= 1440);
  }
  grow();
  setInterval(grow, 60000);
})();
"""


def policy() -> str:
    """The Content Security Policy of the page: nothing is loaded, and no other style or script counts."""
    return (
        f"default-src 'none'; style-src {_hash(STYLE)}; script-src {_hash(SCRIPT)}; base-uri 'none'; form-action 'none'"
    )


def _hash(source: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()}'"
