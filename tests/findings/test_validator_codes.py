"""Every code of a validator is explained, and the explanations are of checks that exist."""

import subprocess
import sys

from hdmf.validate import errors
from nwbinspector import Importance, configure_checks, load_config

from nwbgate.findings.validator_codes import catalogue, reported_entry, severity_of
from nwbgate.rules.rule import Severity
from nwbgate.validators.file_findings import schema_code


def test_every_code_says_what_must_hold_why_and_what_to_do():
    for code, entry in catalogue().items():
        assert entry.code == code
        assert entry.title.endswith("."), code
        assert all([entry.why, entry.fix]), code


def test_every_check_of_the_inspector_is_in_the_catalogue_with_its_importance():
    checks = [
        c for c in configure_checks(config=load_config("dandi")) if c.__wrapped__.__module__ != "nwbgate.inspector"
    ]
    expected = {f"inspector.{check.__name__}": check.importance.name for check in checks}
    written = {code: entry for code, entry in catalogue().items() if code.startswith("inspector.check_")}
    assert set(written) == set(expected)
    assert all(expected[code] in entry.why for code, entry in written.items())


def test_every_importance_has_a_severity_and_what_dandi_refuses_is_an_error():
    severities = {importance.name: severity_of(importance.name) for importance in Importance}
    errors_of_dandi = {"ERROR", "PYNWB_VALIDATION", "CRITICAL"}
    assert {name for name, severity in severities.items() if severity is Severity.ERROR} == errors_of_dandi


def test_every_kind_of_schema_error_has_its_code():
    kinds = [kind for kind in errors.__all__ if kind != "Error"]
    assert len({schema_code(kind) for kind in kinds} - {"schema.invalid"}) == len(kinds)
    assert schema_code("Error") == schema_code("SomethingNewError") == "schema.invalid"


def test_explaining_loads_nothing_heavy():
    program = (
        "import sys; from nwbgate.findings.validator_codes import catalogue; catalogue();"
        "print([name for name in ('pandas', 'pynwb', 'h5py', 'nwbinspector') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_message_of_a_check_has_the_remedy_and_the_page_of_the_check():
    written = {code.removeprefix("inspector."): entry for code, entry in catalogue().items() if ".check_" in code}
    for check, entry in written.items():
        for importance in ("CRITICAL", "BEST_PRACTICE_SUGGESTION"):  # a configuration may change it
            got = reported_entry(check, importance)
            assert (got.fix, got.title, got.url) == (entry.fix, entry.title, entry.url)
            assert got.severity is severity_of(importance)
            assert importance in got.why


def test_a_check_of_a_plug_in_is_reported_with_what_is_known_of_it():
    got = reported_entry("check_of_a_laboratory", "CRITICAL")
    assert got.code == "inspector.check_of_a_laboratory"
    assert all([got.title, got.why, got.fix])
