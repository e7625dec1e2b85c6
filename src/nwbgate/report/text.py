"""Text report for a terminal or a log: findings, rules not run, counts."""

from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from nwbgate.findings.report import NotRun, Report
from nwbgate.findings.summary import count_of, date_of, one_line, shorten, summary
from nwbgate.rules.rule import Finding

#: Row keys shown of one finding; JSON Lines holds all of them.
_KEYS_SHOWN = 5
#: Findings of one code shown beside the first.
_FINDINGS_SHOWN = 5
#: Tables listed that no file has.
_TABLES_SHOWN = 8
#: Begins the advice that an error about a file brings with it; more precise than that of its code.
_ADVICE = "; what to do: "


def text(report: Report) -> str:
    """Render `report` as plain text, ending in a newline."""
    by_code: dict[str, list[Finding]] = {}
    for finding in report.records:
        by_code.setdefault(finding.code, []).append(finding)
    blocks = [
        *map(_block, by_code.values()),
        *_broken(report),
        *_not_run(report.not_run),
        *_waivers(report),
        *_hidden_contents(report.hidden),
        *_unchanged_files(report),
        summary(report),
    ]
    return "\n".join(blocks) + "\n"


def _block(findings: list[Finding]) -> str:
    """Describe one code's findings: the first in full, then places."""
    first, others = findings[0], findings[1:]
    rows = sum(len(finding.keys) for finding in findings)
    numbers = [_rows(rows)] if rows else []
    numbers += [count_of(len(findings), "finding")] if others else []
    lines = [
        f"{first.severity.value}: {first.code}" + (f"  ({', '.join(numbers)})" if numbers else ""),
        f"  {_printable(first.message.partition(_ADVICE)[0])}",
        *[f"  {name}: {_printable(value)}" for name, value in _details(first) if value],
        *[f"  again: {_printable(other)}" for other in _repeated_places(findings)[:_FINDINGS_SHOWN]],
    ]
    if len(others) > _FINDINGS_SHOWN:
        lines.append(f"  and {count_of(len(others) - _FINDINGS_SHOWN, 'more finding')}")
    return "\n".join(lines)


def _repeated_places(findings: list[Finding]) -> list[str]:
    """Return the place of each further finding, or its message if the place repeats."""
    places = [_where(finding) for finding in findings]
    return [
        finding.message if place in places[:row] else place
        for row, (finding, place) in enumerate(zip(findings, places, strict=True))
    ][1:]


def _where(finding: Finding) -> str:
    return ": ".join(filter(None, [finding.path, finding.location])) or finding.message


def _details(finding: Finding) -> list[tuple[str, str]]:
    others = [shorten(str(key), 200) for key in finding.keys[1 : 1 + _KEYS_SHOWN]]
    unshown = len(finding.keys) - 1 - len(others)
    if unshown > 0:
        others.append(f"and {unshown:,} more")
    return [
        ("file", _file(finding)),
        ("at", finding.location),
        ("also at", ", ".join(others)),
        ("what to do", finding.message.partition(_ADVICE)[2] or finding.fix),
    ]


def _file(finding: Finding) -> str:
    line = f", line {finding.line}" if finding.line is not None else ""
    character = f", character {finding.character}" if finding.character is not None else ""
    return f"{finding.path or ''}{line}{character}"


def _broken(report: Report) -> list[str]:
    return [
        f"broken rule: {rule.code}\n  {_printable(rule.error)}"
        + (f"\n  file: {rule.path}" if rule.path else "")
        + "\n  what to do: this is a fault in the rule, not in the data; please report it with this text"
        for rule in report.broken
    ]


def _not_run(rules: Sequence[NotRun]) -> list[str]:
    """Return rules not run by reason; absent tables share a line."""
    without = [rule for rule in rules if rule.absent and not rule.objected]
    others = sorted((rule for rule in rules if rule not in without), key=_shared_reason)
    lines = [_reason([*group]) for _, group in groupby(others, key=_shared_reason)]
    if without:
        tables = _first(sorted({name for rule in without for name in rule.absent}), _TABLES_SHOWN)
        lines.append(f"{count_of(len(without), 'rule')} skipped: no file has {tables}")
    return lines


def _shared_reason(rule: NotRun) -> str:
    """Return the reason, with details only in an objection."""
    return rule.reason if rule.objected else rule.reason.partition(": ")[0]


def _reason(rules: Sequence[NotRun]) -> str:
    several = len({rule.reason for rule in rules}) > 1
    reason = f"{_shared_reason(rules[0])} (each reason: --format jsonl)" if several else rules[0].reason
    return f"{count_of(len(rules), 'rule')} not run: {reason}\n  {_first([rule.code for rule in rules], 3)}"


def _first(names: Sequence[str], number: int) -> str:
    """Return the first names of a list, and how many more there are."""
    return ", ".join(names[:number]) + (f" and {len(names) - number} more" if len(names) > number else "")


def _waivers(report: Report) -> list[str]:
    rows: Counter[tuple[str, str]] = Counter()
    for item in report.waived:
        rows[item.finding.code, item.reason] += len(item.finding.keys)
    waived = [f"waived: {code} ({_rows(number)}): {reason}" for (code, reason), number in rows.items()]
    return [*waived, *(f"unused waiver: {waiver}" for waiver in report.unused_waivers)]


def _hidden_contents(paths: Sequence[str]) -> list[str]:
    """Return what was left out of folders because it is hidden."""
    more = f" and {len(paths) - _KEYS_SHOWN:,} more" if len(paths) > _KEYS_SHOWN else ""
    return [f"left out, because hidden: {_printable(', '.join(paths[:_KEYS_SHOWN]))}{more}"] if paths else []


def _unchanged_files(report: Report) -> list[str]:
    """Return how many files were judged now, and when the others were."""
    if not report.unchanged:
        return []
    now = len(report.files) - len(report.unchanged)
    return [
        f"{count_of(now, 'file')} judged now; {count_of(len(report.unchanged), 'file')} unchanged since "
        f"{date_of(min(report.unchanged.values()))} or later, with the findings of that check"
    ]


def _printable(words: str) -> str:
    return one_line(shorten(words))


def _rows(number: int) -> str:
    return count_of(number, "row")
