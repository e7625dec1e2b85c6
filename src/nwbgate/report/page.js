"use strict";
const filters = ["code", "severity", "file"].map((name) => document.getElementById(name));
const rows = Array.from(document.querySelectorAll("#findings tbody tr"));

function show() {
  const [code, severity, file] = filters.map((filter) => filter.value);
  let shown = 0;
  for (const row of rows) {
    const matches = row.dataset.code.includes(code.trim())
      && (!severity || row.dataset.severity === severity)
      && (!file || row.dataset.file === file);
    row.hidden = !matches;
    shown += matches;
  }
  document.getElementById("shown").textContent = `${shown} of ${rows.length} findings`;
}

document.getElementById("filters").addEventListener("input", show);
document.getElementById("filters").addEventListener("submit", (event) => event.preventDefault());
show();
