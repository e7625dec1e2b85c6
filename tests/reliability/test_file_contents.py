"""Whatever a file holds, each verb gives a finding or a named error for it, and does not break or hang."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import h5py
import pytest

import nwbgate
from nwbgate.errors import NwbgateError
from nwbgate.gate.files import FileChecks, check_file
from nwbgate.qc_runs.tasks import FileTask
from nwbgate.reading.facts.file_frames import session_frames
from nwbgate.reading.named_tables import NamedTables
from nwbgate.rules.sessions import RULES
from support.file_mutations import Mutation, mutations
from support.standard_session import ACTIVE, GRATINGS, write_standard

#: Mutations of each file in every run, those that are judged by the validators too, and seconds for each.
SOME, VALIDATED, PATIENCE = 10, 2, 60
#: Mutations of each file in a slow run; `make torture` asks for a number of its own, or for all (0), for hours.
MANY = int(os.environ.get("NWBGATE_MUTATIONS", "60"))
QUICK, WHOLE = FileChecks(rules=tuple(RULES), validators=False), FileChecks(rules=tuple(RULES))


class HungError(BaseException):
    """A file was still being read after all that time."""


@contextmanager
def patience() -> Iterator[None]:
    def give_up(number: int, frame: object) -> None:
        raise HungError

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(PATIENCE)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.fixture(scope="module")
def standard(tmp_path_factory) -> Path:
    return write_standard(tmp_path_factory.mktemp("standard") / "standard.nwb", session_frames(ACTIVE))


@pytest.fixture(scope="module", params=["gratings", "planes", "standard"])
def valid(request) -> Path:
    path = {"gratings": GRATINGS, "planes": ACTIVE}.get(request.param)
    return path or request.getfixturevalue("standard")


def mutated(valid: Path, folder: Path, mutation: Mutation) -> Path:
    path = folder / "mutant.nwb"
    path.write_bytes(valid.read_bytes())
    with h5py.File(path, "r+") as file:
        mutation.change(file)
    return path


def problems(path: Path, checks: FileChecks) -> list[str]:
    """What goes wrong with a file beside findings and named errors."""
    found = [f"{rule.code} broke: {rule.error}" for rule in check_file(path, checks).outcome.broken]
    found += [f"qc broke: {rule.error}" for rule in FileTask(path).run().broken]
    try:
        with nwbgate.open(path) as opened:
            opened.glance()
            tables = NamedTables(opened)
            for name in tables:
                try:
                    tables[name]
                except NwbgateError:
                    continue
    except NwbgateError:
        pass
    return found


def tried(valid: Path, folder: Path, chosen: list[Mutation], checks: FileChecks) -> dict[str, object]:
    found: dict[str, object] = {}
    for mutation in chosen:
        path, where = mutated(valid, folder, mutation), f"{mutation.place}: {mutation.name}"
        try:
            with patience():
                if wrong := problems(path, checks):
                    found[where] = wrong
        except (Exception, HungError) as error:
            found[where] = f"{type(error).__name__}: {error}"
    return found


def test_some_mutations_are_findings_or_named_errors(valid, tmp_path):
    chosen = Random(7).sample(mutations(valid), SOME)
    assert tried(valid, tmp_path, chosen, QUICK) == {}


def test_some_mutations_are_so_for_the_validators_too(valid, tmp_path):
    chosen = Random(8).sample(mutations(valid), VALIDATED)
    assert tried(valid, tmp_path, chosen, WHOLE) == {}


@pytest.mark.slow
def test_many_mutations_are_findings_or_named_errors(valid, tmp_path):
    every = mutations(valid)
    chosen = Random(9).sample(every, min(MANY, len(every)) or len(every))
    assert tried(valid, tmp_path, chosen, QUICK) == {}
