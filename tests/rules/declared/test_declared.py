"""Every declared rule of every shipped specification, at its boundary; a new line of YAML needs no new test."""

import pytest

from support.declared_cases import CASES, Subject, subjects

SUBJECTS = subjects()
OTHERS = [subject for subject in SUBJECTS if subject.rule.kind != "derived"]


def name(subject: Subject) -> str:
    return f"{subject.spec.name}:{subject.rule.code}"


@pytest.mark.parametrize("subject", OTHERS, ids=name)
def test_it_fires_on_the_rows_that_offend_and_on_no_other(subject):
    fired, silent = 0, 0
    for frames, offending in CASES[subject.rule.kind](subject):
        rows = subject.rule.function(*frames)
        assert ([] if rows is None else rows.index.tolist()) == offending
        fired += len(offending)
        silent += not offending or len(frames[0]) > len(offending)
    assert fired
    assert silent


@pytest.mark.parametrize("subject", SUBJECTS, ids=name)
def test_it_explains_itself(subject):
    rule = subject.rule
    assert rule.title.endswith(".")
    assert rule.explanation != rule.about
    assert not rule.example or rule.example.endswith(".")
    assert rule.fix.endswith(".")
    assert rule.code.startswith(f"{rule.table}.")


def test_a_finding_says_what_was_got_and_what_was_expected():
    silent = {"required", "required_when", "at_least_one", "unique"}
    for subject in OTHERS:
        for frames, offending in CASES[subject.rule.kind](subject):
            rows = subject.rule.function(*frames)
            if offending:
                assert "expected" in rows.columns, subject.rule.code
                assert subject.rule.kind in silent or "got" in rows.columns, subject.rule.code


def test_codes_are_there_once():
    for spec in {subject.spec.name for subject in SUBJECTS}:
        codes = [subject.rule.code for subject in SUBJECTS if subject.spec.name == spec]
        assert len(codes) == len(set(codes))
