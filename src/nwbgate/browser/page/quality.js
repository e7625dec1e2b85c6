// What quality control and the check say of a track or of the file, in words with a shape, beside it.
import { make } from "./dom.js";

const SHAPES = { Fail: "\u2716", Warning: "\u25c6", "Not measured": "?", Pass: "\u2713" };
const MOST_NAMES = 3;

// "✖ 1 of 12 failed", with the results in full as the title, or only shape and number; null without results.
export function qualityButton(results, what, onOpen, short = false) {
  if (!results.length) return null;
  const words = qualityWords(results);
  const title = results.map(resultWords).join("\n");
  return make("button", { type: "button", className: `quality ${words.worst === "Fail" ? "failed" : ""}`, title, "aria-label": `${words.short}, quality of ${what}: ${words.text}`, onclick: onOpen }, short ? words.short : words.text);
}

// The worst status, and how many results have it.
export function qualityWords(results) {
  const worst = Object.keys(SHAPES).find((status) => results.some((result) => result.status === status)) ?? "Pass";
  const count = results.filter((result) => result.status === worst).length;
  const said = worst === "Pass" ? `${count} passed` : `${count} of ${results.length} ${worst === "Fail" ? "failed" : worst.toLowerCase()}`;
  const of = worst === "Pass" ? count : `${count} of ${results.length}`;
  return { worst, text: `${SHAPES[worst]} QC: ${said}`, short: `${SHAPES[worst]} QC ${of}` };
}

function resultWords({ metric, value, unit, status, reason }) {
  const number = value === "" || value === null ? "" : ` = ${value}${unit === "1" ? "" : ` ${unit}`}`;
  return `${metric || "criterion"}${number}: ${status}${reason ? `, ${reason}` : ""}`;
}

// Findings without a time and results about the whole file, as one line below its name.
export function fileLine(doc, onFindings) {
  const timeless = doc.marks.filter((mark) => !mark.times.length);
  const parts = [severityButton(timeless, "error", "\u25b2", onFindings), severityButton(timeless, "warning", "\u25c6", onFindings)];
  const results = (doc.qualityOfFile ?? []).map((number) => doc.quality[number]);
  const shown = [...parts, qualityButton(results, "the file", onFindings)].filter(Boolean);
  return shown.length ? [make("span", {}, "About the whole file: "), ...shown] : [];
}

function severityButton(marks, severity, shape, onFindings) {
  const codes = [...new Set(marks.filter((mark) => mark.severity === severity).map((mark) => mark.code))];
  if (!codes.length) return null;
  const more = codes.length > MOST_NAMES ? ` and ${codes.length - MOST_NAMES} more` : "";
  return make("button", { type: "button", className: severity, onclick: onFindings }, `${shape} ${severity}: ${codes.slice(0, MOST_NAMES).join(", ")}${more}`);
}
