"""JUnit XML: one test case per rule, one failure per finding.

The form is that of the schema published with the Jenkins xUnit plugin (``junit-10.xsd``).
"""

from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from nwbgate.findings.report import Report
from nwbgate.findings.summary import shorten
from nwbgate.rules.rule import Finding


def junit(report: Report) -> str:
    """Render `report` as JUnit, one suite per judged table or validator."""
    root = Element("testsuites", name="nwbgate")
    for suite, cases in _by_suite(_cases(report)).items():
        root.append(_suite(suite, cases))
    indent(root)
    return tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _cases(report: Report) -> Iterable[Element]:
    for finding in report.records:
        yield _finding(finding, fails=finding.severity.rank >= report.fail_on.rank)
    for rule in report.broken:
        case = _case(rule.code, rule.path)
        SubElement(case, "error", message=_clean(shorten(rule.error)), type="broken rule")
        yield case
    for waived in report.waived:
        case = _case(waived.finding.code, waived.finding.path)
        SubElement(case, "skipped", message=_clean(f"waived: {waived.reason}"))
        yield case
    for unjudged in report.not_run:
        case = _case(unjudged.code)
        SubElement(case, "skipped", message=_clean(unjudged.reason))
        yield case
    for code in report.passed:
        yield _case(code)


def _finding(finding: Finding, *, fails: bool) -> Element:
    case = _case(finding.code, finding.path)
    message = shorten(finding.message)
    said = "\n".join(filter(None, [shorten(finding.location), f"rows: {len(finding.keys)}", finding.fix]))
    if fails:
        failure = SubElement(case, "failure", message=_clean(message), type=finding.severity.value)
        failure.text = _clean(said)
    else:
        SubElement(case, "system-out").text = _clean(f"{finding.severity.value}: {message}\n{said}")
    return case


def _case(code: str, path: str | None = None) -> Element:
    name = f"{code} [{path}]" if path else code
    return Element("testcase", name=_clean(name), classname=_clean(f"nwbgate.{code.partition('.')[0]}"))


def _by_suite(cases: Iterable[Element]) -> dict[str, list[Element]]:
    suites: dict[str, list[Element]] = {}
    for case in cases:
        suites.setdefault(case.get("classname", ""), []).append(case)
    return suites


def _suite(name: str, cases: list[Element]) -> Element:
    numbers: dict[str, int] = {
        "tests": len(cases),
        "failures": sum(case.find("failure") is not None for case in cases),
        "errors": sum(case.find("error") is not None for case in cases),
        "skipped": sum(case.find("skipped") is not None for case in cases),
    }
    suite = Element("testsuite", {"name": name, **{key: str(number) for key, number in numbers.items()}})
    suite.extend(cases)
    return suite


def _clean(words: str) -> str:
    """Return `words` without the characters that XML 1.0 cannot represent."""
    return "".join(letter if letter in "\t\n\r" or _is_xml(ord(letter)) else "�" for letter in words)


def _is_xml(point: int) -> bool:
    return 0x20 <= point <= 0xD7FF or 0xE000 <= point <= 0xFFFD or 0x10000 <= point <= 0x10FFFF
