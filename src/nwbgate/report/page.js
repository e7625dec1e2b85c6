"use strict";
const form = document.getElementById("filters");
const groups = Array.from(document.querySelectorAll("#findings > .rule"));
const rows = groups.map((group) => Array.from(group.querySelectorAll("tbody tr")));

function show() {
  const [code, severity, file] = ["code", "severity", "file"].map((name) => document.getElementById(name).value.trim());
  let rules = 0;
  let findings = 0;
  groups.forEach((group, number) => {
    const chosen = group.dataset.code.includes(code) && (!severity || group.dataset.severity === severity);
    let shown = 0;
    for (const row of rows[number]) {
      row.hidden = !(chosen && row.dataset.file.includes(file));
      shown += !row.hidden;
    }
    group.hidden = !shown;
    rules += shown > 0;
    findings += shown;
  });
  document.getElementById("shown").textContent = `${findings} findings of ${rules} rules listed`;
}

if (form) {
  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  show();
}
