"""The program as a whole: verbs, exit codes, errors without tracebacks, and help that imports nothing heavy."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

import nwbgate
from nwbgate import cli
from nwbgate.conversion.recipes.recipe import shipped_recipes
from nwbgate.errors import CheckError, UsageError
from nwbgate.processes.termination import Terminated
from support.places import ROOT

HEAVY = {"pandas", "pynwb", "neuroconv", "nwbinspector", "hdmf", "h5py", "numpy", "pydantic"}


def raising(monkeypatch, error):
    """Make `nwbgate facts` raise."""

    @click.command()
    def facts():
        raise error

    monkeypatch.setitem(cli.VERBS, "facts", (f"{__name__}:command", "Raise."))
    monkeypatch.setattr(sys.modules[__name__], "command", facts, raising=False)


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["check", "--help"]])
def test_help_imports_nothing_heavy(arguments):
    program = (
        f"import sys; from nwbgate.cli import main; main({arguments!r}); print(sorted({HEAVY!r} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout.splitlines()[-1] == "[]"


def test_a_check_of_tables_does_not_wait_for_what_reads_or_converts_files():
    folder = Path(__file__).parents[2] / "src/nwbgate/corpus/valid_manifest"
    program = "import sys; from nwbgate.cli import main; main(['check', *sys.argv[1:]]); print(*sys.modules)"
    command = [sys.executable, "-c", program, "--manifest", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert not {"neuroconv", "pynwb", "hdmf", "nwbinspector"} & {*done.stdout.split()}


def test_help_of_a_recipe_imports_no_library_of_the_field():
    program = "import sys; from nwbgate.cli import main; main(['convert', sys.argv[1], '--help']); print(*sys.modules)"
    recipe = next(iter(shipped_recipes()))
    result = subprocess.run([sys.executable, "-c", program, recipe], capture_output=True, text=True, check=True)
    assert not {"pandas", "pynwb", "neuroconv", "nwbinspector"} & set(result.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("arguments", [["--help"], ["dandi", "--help"], ["init", "--help"], ["sample", "--help"]])
def test_no_line_of_a_list_is_cut_off(arguments, capsys):
    assert cli.main(arguments) == 0
    assert "..." not in capsys.readouterr().out.partition("Options:")[2]


def test_help_lists_every_verb_with_a_line(capsys):
    assert cli.main(["--help"]) == 0
    said = capsys.readouterr().out
    for verb, (_, line) in cli.VERBS.items():
        assert f"{verb} " in said
        assert line[:40] in said


def test_version(capsys):
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"nwbgate {nwbgate.__version__}\n"


def test_nothing_is_searched_for_garbage_when_the_process_ends():
    program = (
        "import atexit, gc; atexit.register(lambda: print('frozen', gc.get_freeze_count() > 0))\n"
        "from nwbgate.cli import main; main(['--version']); print('frozen', gc.get_freeze_count() > 0)"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout.splitlines()[1:] == ["frozen False", "frozen True"]


def test_the_module_is_the_program():
    result = subprocess.run([sys.executable, "-m", "nwbgate", "--version"], capture_output=True, text=True, check=True)
    assert result.stdout == f"nwbgate {nwbgate.__version__}\n"


def test_a_misspelt_verb_is_2_and_named(capsys):
    assert cli.main(["chekc", "file.nwb"]) == 2
    assert "did you mean 'check'?" in capsys.readouterr().err
    assert cli.main(["zzzz"]) == 2
    said = capsys.readouterr().err
    assert "did you mean" not in said
    assert "nwbgate --help" in said


@pytest.mark.parametrize(
    "arguments", [["--debug", "check", "none"], ["check", "--debug", "none"], ["check", "none", "--debug"]]
)
def test_debug_may_stand_before_and_after_the_verb(arguments, capsys):
    assert cli.main(arguments) == 2
    assert "Traceback" in capsys.readouterr().err


def test_debug_behind_two_dashes_is_a_name(capsys):
    assert cli.main(["check", "--", "--debug"]) == 2
    said = capsys.readouterr().err
    assert "--debug" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("arguments", [["--no-such-option"], ["check", "--no-such-option"], ["convert"]])
def test_a_bad_command_line_is_2(arguments, capsys):
    assert cli.main(arguments) == 2
    assert "Error" in capsys.readouterr().err


@pytest.mark.parametrize(("word", "ours"), [("validate", "check"), ("Open", "show"), ("version", "--version")])
def test_a_word_of_other_programs_is_answered_with_ours(word, ours, capsys):
    assert cli.main([word, "file.nwb"]) == 2
    assert f"that is `nwbgate {ours}` here" in capsys.readouterr().err


def test_a_word_of_nobody_leads_to_the_help(capsys):
    assert cli.main(["zzzzzz"]) == 2
    assert "`nwbgate --help` says" in capsys.readouterr().err


@pytest.mark.parametrize("verb", sorted(cli.VERBS))
def test_every_verb_that_is_here_has_help(verb, capsys):
    code = cli.main([verb, "--help"])
    captured = capsys.readouterr()
    assert (code, captured.out[:5]) == (0, "Usage") or "missing from this installation" in captured.err


def test_a_verb_that_is_missing_breaks_no_other(monkeypatch, capsys):
    monkeypatch.setitem(cli.VERBS, "facts", ("nwbgate.cli.verbs.no_such_verb:facts", "Missing."))
    assert cli.main(["--help"]) == 0
    assert "Missing." in capsys.readouterr().out
    assert cli.main(["facts"]) == 2
    assert "facts" in capsys.readouterr().err


def test_a_verb_that_lacks_a_library_is_our_fault(monkeypatch, tmp_path, capsys):
    (tmp_path / "lacking_verb.py").write_text("import no_such_library")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(cli.VERBS, "facts", ("lacking_verb:facts", "Lack."))
    assert cli.main(["facts"]) == 3
    assert "no_such_library" in capsys.readouterr().err


@pytest.mark.parametrize(("error", "code"), [(CheckError, 1), (UsageError, 2)])
def test_errors_for_people_are_said_in_their_parts_and_bring_their_exit_code(error, code, monkeypatch, capsys):
    raising(monkeypatch, error("it is wrong", where="a.nwb", got="x", expected="y", fix="do z"))
    assert cli.main(["facts"]) == code
    said = capsys.readouterr().err
    assert said == "error: it is wrong\n  where: a.nwb\n  got: x\n  expected: y\n  what to do: do z\n"


def test_an_unexpected_error_is_3_without_a_traceback(monkeypatch, capsys):
    raising(monkeypatch, KeyError("gone"))
    assert cli.main(["facts"]) == 3
    said = capsys.readouterr().err
    assert "nwbgate" in said
    assert "KeyError: 'gone'" in said
    assert "--debug" in said
    assert "Traceback" not in said


@pytest.mark.parametrize(("error", "code"), [(KeyError("gone"), 3), (UsageError("wrong"), 2)])
def test_debug_shows_the_traceback(error, code, monkeypatch, capsys):
    raising(monkeypatch, error)
    assert cli.main(["--debug", "facts"]) == code
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_a_full_disk_under_the_output_is_no_fault_of_ours():
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "nwbgate", "rules", "trials"]
        result = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert result.returncode == 1
    assert "standard output" in result.stderr
    assert "free some space" in result.stderr
    assert "error in nwbgate" not in result.stderr


def test_an_interrupt_is_130(monkeypatch, capsys):
    raising(monkeypatch, KeyboardInterrupt())
    assert cli.main(["facts"]) == 130
    assert "interrupted" in capsys.readouterr().err


def test_warnings_of_libraries_are_shown_on_request_only(tmp_path):
    (tmp_path / "warning_verb.py").write_text(
        "import click, warnings\n@click.command()\ndef facts(): warnings.warn('a library grumbles', FutureWarning)\n"
    )
    program = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from nwbgate import cli\n"
        "cli.VERBS['facts'] = ('warning_verb:facts', ''); sys.exit(cli.main(sys.argv[1:]))"
    )

    def said(*arguments):
        result = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True)
        return result.stderr

    assert "grumbles" not in said("facts")
    assert "grumbles" in said("--debug", "facts")


def test_a_reader_that_has_had_enough_is_no_traceback():
    result = subprocess.run(
        f"{sys.executable} -m nwbgate --help | head -c 1", shell=True, capture_output=True, text=True, check=True
    )
    assert result.stderr == ""


def test_a_terminal_that_is_gone_is_named():
    master, terminal = os.openpty()
    os.close(master)
    done = subprocess.run([sys.executable, "-m", "nwbgate", "rules"], stdout=terminal, stderr=subprocess.PIPE)
    os.close(terminal)
    assert done.returncode == 1
    assert b"standard output" in done.stderr
    assert b"broke" not in done.stderr


def test_a_pipe_that_nobody_reads_is_named():
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([sys.executable, "-m", "nwbgate", "rules"], stdout=writer, stderr=subprocess.PIPE, text=True)
    os.close(writer)
    assert done.returncode == 141
    assert done.stderr == "error: standard output was closed before everything was written\n"


@pytest.mark.parametrize(("number", "said"), [(5, "failed to read or write"), (28, "the disk is full")])
def test_a_disk_that_fails_under_hdf5_is_named_with_its_file(monkeypatch, capsys, number, said):
    told = f"Unable to open object (file read failed: time = now, filename = 'out/a.h5', errno = {number}, more)"
    raising(monkeypatch, KeyError(told))
    assert cli.main(["facts"]) == 1
    error = capsys.readouterr().err
    assert said in error
    assert "where: out/a.h5" in error
    assert "broke" not in error


@pytest.mark.parametrize(("stop", "code"), [(KeyboardInterrupt(), 130), (Terminated(), 143)])
def test_a_signal_in_a_lock_of_h5py_is_a_signal(monkeypatch, capsys, stop, code):
    """Cython says of a lock's end that it returned with an exception set, and gives that one as the cause."""
    error = SystemError("<cyfunction FastRLock.__exit__> returned a result with an exception set")
    error.__cause__ = stop
    raising(monkeypatch, error)
    assert cli.main(["facts"]) == code
    assert "broke" not in capsys.readouterr().err


def test_an_interrupt_at_the_very_end_prints_nothing(tmp_path):
    """Python ends after the program; what it then does would print a traceback."""
    code = (
        "import atexit, os, signal, sys\n"
        "atexit.register(lambda: os.kill(os.getpid(), signal.SIGINT))\n"
        "from nwbgate.cli import main\n"
        "sys.argv = ['nwbgate', '--version']\n"
        "sys.exit(main())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_file_name_that_no_system_takes_is_named(tmp_path, capsys):
    """A specification may name any file."""
    shutil.copytree(ROOT / "schemas" / "dataset_ii", tmp_path / "spec")
    spec = tmp_path / "spec" / "manifest.yaml"
    spec.write_text(spec.read_text().replace("file: recordings.csv", f"file: {'x' * 5000}.csv"))
    assert cli.main(["check", "--manifest", str(tmp_path), "--spec", str(tmp_path / "spec")]) in (1, 2)
    error = capsys.readouterr().err
    assert "file name is too long" in error
    assert "broke" not in error


def test_a_fault_of_our_own_is_said_to_be_one(monkeypatch, capsys):
    raising(monkeypatch, KeyError("errno = 2, no such thing"))
    assert cli.main(["facts"]) == 3
    assert "an error in nwbgate" in capsys.readouterr().err
