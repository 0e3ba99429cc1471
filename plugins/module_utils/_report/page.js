// Copyright (c) 2026, hosting.websec contributors
// GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

(() => {
  "use strict";
  const form = document.getElementById("find");
  const [text, kind, told] = [form.elements.text, form.elements.kind, form.elements.told];
  const rows = Array.from(document.querySelectorAll("#sites tbody tr"));
  let contents, timer;

  function show() {
    contents = contents || rows.map((row) => row.textContent.toLowerCase());
    const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
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
