"""An option that is given twice is refused by every verb, unless it is one that may be repeated."""

import click
import pytest

from nwbgate import cli
from nwbgate.cli.options.single_options import OnceCommand


@pytest.mark.parametrize(
    ("line", "option"),
    [
        ("check --manifest a --manifest b", "--manifest"),
        ("check x.nwb --spec=a --select s --spec b", "--spec"),
        ("convert dataset-ii a --output x --metadata m.yaml --metadata n.yaml", "--metadata"),
        ("convert visual-behavior a --output x --mouse 1 --mouse 2", "--mouse"),
        ("fetch visual-behavior x --sessions 1 --sessions 2", "--sessions"),
        ("qc a --output x --output y", "--output"),
        ("show a --rows 1 --rows 2", "--rows"),
        ("sample dataset-ii x --recordings 1 --recordings 2", "--recordings"),
    ],
)
def test_an_option_that_is_given_twice_is_refused(line, option, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.main(line.split()) == 2
    said = capsys.readouterr().err
    assert f"error: the option {option} is given more than once" in said
    assert "got: 2 times" in said
    assert not list(tmp_path.iterdir())


def test_an_option_that_may_be_repeated_and_a_flag_may_be(capsys):
    assert cli.main(["check", "--ignore", "a", "--ignore", "b", "--complete", "--complete", "gone.nwb"]) == 2
    assert "more than once" not in capsys.readouterr().err


def commands(command, context):
    if not isinstance(command, click.Group):
        return [command]
    return [
        each
        for name in command.list_commands(context)
        for each in commands(command.get_command(context, name), context)
    ]


def test_no_verb_takes_the_last_of_two_in_silence():
    every = commands(cli.cli, click.Context(cli.cli))
    assert len(every) > len(cli.VERBS)
    assert [each.name for each in every if not isinstance(each, OnceCommand)] == []
