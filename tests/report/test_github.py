"""GitHub annotations: one command per finding, which no cell can forge."""

from nwbgate.report.github import github


def test_a_finding_is_one_line(report):
    lines = github(report).splitlines()
    assert len(lines) == 4
    assert lines[0].startswith("::error title=mice.age.maximum::too old: got <script>")
    assert lines[1].startswith("::warning file=a b/x.nwb,title=schema.dtype::no float%0A/units")
    assert lines[2] == "::notice title=waived mice.age.maximum::old colony"
    assert lines[3].startswith("::notice title=nwbgate::FAILED with 1 error, 1 warning")


def test_what_ends_a_command_is_escaped(report):
    assert "%0D%0A::error::x,y%25" in github(report).splitlines()[0]


def test_a_broken_rule_is_an_error(broken_report):
    assert github(broken_report).startswith("::error title=broken rule mice.z::KeyError")
