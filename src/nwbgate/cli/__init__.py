"""The command line: verbs imported on use, errors as messages and exit codes."""

import atexit
import errno
import gc
import os
import re
import signal
import sys
import traceback
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from io import TextIOWrapper
from typing import ClassVar

import click

from nwbgate import __version__
from nwbgate.errors import NwbgateError, UsageError, WriteError, nearest
from nwbgate.processes.termination import Terminated, raise_stop, terminable

#: Verb -> where it is, and what it does; the help page needs to import none of them.
VERBS = {
    "init": ("nwbgate.cli.verbs.init:init", "Write the first files of your own recipe, specification or criteria."),
    "fetch": ("nwbgate.cli.verbs.fetch:fetch", "Fetch a public release, or part of it, and verify it."),
    "convert": ("nwbgate.cli.verbs.convert:convert", "Convert recordings to checked NWB files."),
    "check": ("nwbgate.cli.verbs.check:check", "Check NWB files, manifest tables, or both against each other."),
    "show": ("nwbgate.cli.verbs.show:show", "Show what a file, URL or folder holds, or one of its tables."),
    "browse": ("nwbgate.cli.verbs.browse:browse", "Look at recordings, sessions and other NWB files in a web browser."),
    "qc": ("nwbgate.cli.verbs.qc:qc", "Measure the quality of files, judge it, and show it."),
    "diff": ("nwbgate.cli.verbs.diff:diff", "Show what differs between two files, folders or tables."),
    "dandi": ("nwbgate.cli.verbs.dandi:dandi", "Publish a folder of files as a dandiset, judged and verified."),
    "sample": ("nwbgate.cli.verbs.sample:sample", "Make simulated sources to try nwbgate on."),
    "rules": ("nwbgate.cli.verbs.rules:rules", "List the rules, or explain some of them."),
    "facts": ("nwbgate.cli.verbs.facts:facts", "Print the facts in files that are compared with a manifest."),
}
#: Exit codes (DESIGN.md, "Exit codes"); errors of a person bring their own.
BROKE, INTERRUPTED, TERMINATED = 3, 130, 143
#: Exit code for a pipe without a reader, as shells count it: 128 and the number of SIGPIPE.
CLOSED = 141
#: What the system says of a full disk, a used-up quota, and a name that no file can have.
_REFUSED = (errno.ENOSPC, errno.EDQUOT, errno.ENAMETOOLONG)
#: Windows has no number for a file that its server lost.
_FAILED = (errno.EIO, getattr(errno, "ESTALE", errno.EIO))
#: What other programs call a verb of ours.
_OUR_WORDS = {
    **dict.fromkeys(("validate", "inspect", "verify"), "check"),
    **dict.fromkeys(("open", "info", "view", "print", "ls"), "show"),
    **dict.fromkeys(("download", "get"), "fetch"),
    **dict.fromkeys(("publish", "upload"), "dandi"),
    **dict.fromkeys(("plot", "gui", "serve"), "browse"),
    "compare": "diff", "demo": "sample", "explain": "rules", "version": "--version", "help": "--help",
}  # fmt: skip


def _say_our_word(word: str) -> str:
    """Return the verb that does what another program's verb does."""
    ours = _OUR_WORDS.get(word.lower())
    return f"that is `nwbgate {ours}` here" if ours else "`nwbgate --help` says what each does"


@dataclass
class GlobalOptions:
    """Options given before the verb."""

    debug: bool = False


class Verbs(click.Group):
    """A command group whose verbs are imported on use."""

    verbs: ClassVar[dict[str, tuple[str, str]]] = VERBS

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the verbs."""
        return list(self.verbs)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a verb's command, or None for an unknown name."""
        if cmd_name not in self.verbs:
            return None
        module, _, name = self.verbs[cmd_name][0].partition(":")
        try:
            command = getattr(import_module(module), name)
        except ModuleNotFoundError as problem:
            if problem.name != module:
                raise
            raise UsageError(
                f"the verb {cmd_name!r} is missing from this installation", where=cmd_name, fix="reinstall nwbgate"
            ) from problem
        assert isinstance(command, click.Command), module
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the verb that the arguments begin with, and the arguments after it.

        Raises
        ------
        UsageError
            If there is no such verb; it names the nearest.
        """
        if args and args[0] not in self.verbs and not args[0].startswith("-"):
            raise UsageError(
                f"there is no verb {args[0]!r}",
                where="the command line",
                got=args[0],
                expected=f"one of {', '.join(self.verbs)}",
                fix=nearest(args[0], self.verbs) or _say_our_word(args[0]),
            )
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of verbs without importing them."""
        with formatter.section("Verbs"):
            formatter.write_dl([(name, line) for name, (_, line) in self.verbs.items()])


@click.group(cls=Verbs, subcommand_metavar="VERB ...", context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="nwbgate", message="%(prog)s %(version)s")
@click.option("--debug", is_flag=True, help="Show tracebacks and the warnings of libraries.")
@click.pass_obj
def cli(settings: GlobalOptions, debug: bool) -> None:
    """Convert recordings to standard NWB files and check them before you publish them.

    Exit code: 0 clean; 1 findings, or a session or file whose content failed; 2 bad command line, path, metadata, spec
    or table; 3 nwbgate broke.
    """
    settings.debug = debug
    if not debug and not sys.warnoptions:
        warnings.simplefilter("ignore")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments after the program's name; those of the process by default.
    """
    settings = GlobalOptions()
    _replace_unknown_characters()
    # Python would search a million objects for garbage at its end: an end after a check takes 0.86 s of computing
    # with this and 1.14 s without, imports included.
    atexit.register(gc.freeze)
    try:
        arguments = _debug_first(sys.argv[1:] if argv is None else argv)
        with terminable():
            code = cli.main(args=arguments, prog_name="nwbgate", standalone_mode=False, obj=settings)
        return code if isinstance(code, int) else 0
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except NwbgateError as error:
        _say(error, settings.debug)
        return error.exit_code
    except (KeyboardInterrupt, click.Abort, SystemExit) as stop:
        return _exit_code_of_stop(stop)
    except Exception as error:  # the last resort: a person meets no traceback
        return _exit_code_of_fault(error, settings.debug)
    finally:
        if argv is None:  # everything is written; Python would print a traceback for Ctrl-C while it ends
            signal.signal(signal.SIGINT, signal.SIG_IGN)


def _exit_code_of_fault(error: Exception, debug: bool) -> int:
    """Report what nothing expected and return its exit code."""
    try:
        raise_stop(error)
    except KeyboardInterrupt as stop:
        return _exit_code_of_stop(stop)
    refused = _refused_by_system(error)
    if refused is not None:
        _say(refused, debug)
        return refused.exit_code
    _say_broken(error, debug)
    return BROKE


def _exit_code_of_stop(stop: BaseException) -> int:
    """Report an interrupted run and return its exit code."""
    if isinstance(stop, SystemExit):
        click.echo("error: standard output was closed before everything was written", err=True)
        return CLOSED
    terminated = isinstance(stop, Terminated) or isinstance(stop.__cause__, Terminated)
    click.echo(f"{'terminated' if terminated else 'interrupted'}; what was written is whole", err=True)
    return TERMINATED if terminated else INTERRUPTED


def _refused_by_system(error: Exception) -> NwbgateError | None:
    """Return the error for a refusing system, or None."""
    from nwbgate.storage.safe_files.refusals import refusal, system_errno

    number = system_errno(error)  # that of HDF5 stands in the text of an error of any kind
    if number is None or number not in (*_REFUSED, *_FAILED):
        return None
    told = re.search(r"filename = '(.*?)'", str(error))
    place = str(getattr(error, "filename", None) or (told[1] if told else "standard output"))
    if number in _REFUSED:
        return refusal(number, place)
    return WriteError(
        "the system failed to read or write",
        where=place,
        got=os.strerror(number),
        expected="a terminal, pipe, disk or file server that works",
        fix="see whether the terminal is still there, the disk sound and the file not replaced; run the command again",
    )


def _debug_first(argv: Sequence[str]) -> list[str]:
    """Return the arguments with --debug in front, wherever among the options it was given."""
    own = list(argv[: argv.index("--")]) if "--" in argv else list(argv)
    others = [*(each for each in own if each != "--debug"), *argv[len(own) :]]
    return ["--debug", *others] if "--debug" in own else others


def _replace_unknown_characters() -> None:
    """Print escapes for characters that a terminal or pipe cannot show."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _say(error: NwbgateError, debug: bool) -> None:
    click.echo(f"error: {error}", err=True)
    if debug:
        traceback.print_exception(error)


def _say_broken(error: Exception, debug: bool) -> None:
    """Report a fault of nwbgate, with a traceback only in debug mode."""
    if debug:
        traceback.print_exception(error)
    click.echo(
        f"nwbgate {__version__} broke: {type(error).__name__}: {error}\n  what to do: this is an error in "
        "nwbgate, not in your data. Run `nwbgate --debug ...` and report its output.",
        err=True,
    )
