"""The text report says what, where, what to do, and ends in one line of numbers."""

from dataclasses import replace

from nwbgate.findings.report import NotRun
from nwbgate.report.text import text


def test_a_finding_has_a_block(report):
    shown = text(report)
    assert "error: mice.age.maximum  (2 rows)\n  too old: got <script>" in shown
    assert "  also at: 13\n  what to do: count again\n" in shown
    assert "warning: schema.dtype\n  no float\n  file: a b/x.nwb\n  at: /units\n" in shown


def test_advice_in_a_message_takes_the_place_of_that_of_its_rule(report):
    torn = replace(report.records[1], message="cannot read; got: an end; what to do: copy it again", fix="do something")
    shown = text(replace(report, records=(torn,)))
    assert "  cannot read; got: an end\n" in shown
    assert shown.count("what to do: ") == shown.count("what to do: copy it again\n") == 1


def test_findings_of_one_code_share_a_block(report):
    files = [replace(report.records[1], path=f"{number}.nwb", keys=(number,)) for number in range(8)]
    shown = text(replace(report, records=tuple(files)))
    assert shown.count("schema.dtype") == 1
    assert "warning: schema.dtype  (8 rows, 8 findings)\n" in shown
    assert "  again: 1.nwb: /units\n" in shown
    assert "  and 2 more findings\n" in shown


def test_findings_in_one_place_are_told_apart_by_what_they_say(report):
    files = [replace(report.records[1], message=f"no float in {name}") for name in ("x", "y", "z")]
    shown = text(replace(report, records=tuple(files)))
    assert shown.count("a b/x.nwb") == 1
    assert "  again: no float in y\n  again: no float in z\n" in shown


def test_no_cell_can_break_a_line_or_colour_a_terminal(report):
    assert "\x1b" not in text(report)
    assert not any(line.startswith("::error") for line in text(report).splitlines())


def test_many_rows_are_counted_not_listed(report):
    many = replace(report.records[0], keys=tuple(range(1000)))
    assert "also at: 1, 2, 3, 4, 5, and 994 more" in text(replace(report, records=(many,)))


def test_what_was_not_run_is_grouped_by_reason(report):
    assert "2 rules not run: table cages not given\n  mice.cage.reference, mice.x\n" in text(report)


def test_a_long_group_names_three(report):
    rules = tuple(replace(report.not_run[0], code=str(number)) for number in range(5))
    assert "\n  0, 1, 2 and 2 more\n" in text(replace(report, not_run=rules))


def test_rules_about_tables_that_no_file_has_are_one_line(report):
    unjudged = (
        NotRun("trials.a", "table trials in no file", objected=False, absent=("trials",)),
        NotRun("licks.b", "table licks and trials in no file", objected=False, absent=("licks", "trials")),
        NotRun("mice.cage.reference", "table cages not given", absent=("cages",)),
    )
    lines = [
        line
        for line in text(replace(report, not_run=unjudged)).splitlines()
        if " not run: " in line or " skipped: " in line
    ]
    assert lines == [
        "1 rule not run: table cages not given",
        "2 rules skipped: no file has licks, trials",
    ]


def test_rules_without_anything_to_judge_share_a_line_and_others_keep_their_reasons(report):
    nothing = "no file has all that is needed"
    unjudged = (
        NotRun("planes.a", f"{nothing}: planes has no row", objected=False),
        NotRun("session.b", f"{nothing}: session has no project_code", objected=False),
        NotRun("qc.c", "not measured: 3 cells", objected=True),
        NotRun("qc.d", "not measured: 4 cells", objected=True),
    )
    shown = text(replace(report, not_run=unjudged))
    assert f"2 rules not run: {nothing} (each reason: --format jsonl)\n  planes.a, session.b\n" in shown
    assert "1 rule not run: not measured: 3 cells\n" in shown
    assert "project_code" not in shown
    assert "session has no project_code\n" in text(replace(report, not_run=unjudged[1:]))


def test_many_absent_tables_are_counted(report):
    unjudged = tuple(NotRun(f"t{n}.a", "no table", objected=False, absent=(f"t{n}",)) for n in range(10))
    assert "10 rules skipped: no file has t0, t1, t2, t3, t4, t5, t6, t7 and 2 more\n" in text(
        replace(report, not_run=unjudged)
    )


def test_the_last_line_says_that_rules_not_run_fail_a_complete_release(clean_report):
    unjudged = (NotRun("mice.x", "table cages not given"), NotRun("licks.b", "table licks in no file", objected=False))
    whole = text(replace(clean_report, not_run=unjudged, complete=True))
    assert whole.endswith(
        "FAILED: no findings in 1 table (1 row); 1 rule passed, 2 not run (1 of them fail a complete release)\n"
    )
    assert "complete release" not in text(replace(clean_report, not_run=unjudged))


def test_waivers_are_told_with_their_reasons(report):
    assert "waived: mice.age.maximum (2 rows): old colony" in text(report)
    assert "unused waiver: mice.z (never happened)" in text(report)


def test_findings_waived_for_one_reason_share_a_line(report):
    twice = text(replace(report, waived=report.waived * 2))
    assert "waived: mice.age.maximum (4 rows): old colony" in twice
    assert twice.count("\nwaived:") == 1


def test_the_last_line_has_the_numbers(report, clean_report):
    assert text(report).splitlines()[-1] == (
        "FAILED with 1 error, 1 warning in 1 file and 1 table (1,200 rows); 1 rule passed, 2 not run; 1 finding waived"
    )
    assert text(clean_report) == "PASSED: no findings in 1 table (1 row); 1 rule passed, 0 not run\n"


def test_a_broken_rule_is_told_apart_from_findings(broken_report):
    shown = text(broken_report)
    assert "broken rule: mice.z\n  KeyError: <script>" in shown
    assert "  file: x.nwb\n  what to do: this is a fault in the rule, not in the data" in shown
    assert shown.splitlines()[-1].startswith("A RULE BROKE: no findings")
