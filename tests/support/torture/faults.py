"""Runs in which a call of the system is refused, or a process killed; and what may be true afterwards."""

import errno
import os
import signal
import threading
import time
from collections.abc import Callable
from random import Random

from support.process_groups import fork_server, workers
from support.torture.bench import Bench, Undisturbed
from support.torture.outputs import outputs
from support.torture.refusing import KINDS, TAKE_ROOM
from support.torture.runs import Ended
from support.torture.verbs import SHARED, VERBS, Verb
from support.torture.verdict import RIGHT, Verdict, refused, wrong

_SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
#: How a run may end that got a signal, and what it then says.
_STOPPED = {signal.SIGTERM: (143, "terminated;"), signal.SIGINT: (130, "interrupted;")}
#: Files that tell or hold how far a run came: other in each run that was stopped.
PROGRESS = (".part", "ledger.jsonl", "_downloaded_data.json")
#: Calls that a source or an output meets when the disk is broken and not full.
_READS = {"open to read", "read"}


def full_disk(bench: Bench, random: Random) -> Verdict:
    """Refuse one call that takes room, and in half of the cases all after it."""
    return _refused_call(bench, random, errno.ENOSPC, TAKE_ROOM, stays=random.random() < 0.5)


def broken_disk(bench: Bench, random: Random) -> Verdict:
    """Refuse one call that writes."""
    return _refused_call(bench, random, errno.EIO, (TAKE_ROOM | {"close"}) - _READS)


def unreadable_disk(bench: Bench, random: Random) -> Verdict:
    """Refuse one call that reads."""
    return _refused_call(bench, random, errno.EIO, _READS)


def lost_file(bench: Bench, random: Random) -> Verdict:
    """Refuse one call as NFS does for a file that another machine replaced."""
    return _refused_call(bench, random, errno.ESTALE, set(KINDS) - {"mkdir"})


def kill_at_a_call(bench: Bench, random: Random) -> Verdict:
    """Let the process get a signal in the middle of a call."""
    verb, older = _chosen(random)
    known = bench.undisturbed(verb, older)
    kind = random.choice(sorted(set(known.calls)))
    at = random.choice([number for number, call in enumerate(known.calls) if call == kind])
    number = random.choice(_SIGNALS)
    bench.prepare(verb, older)
    ended = bench.run(verb.words, at=at, error=-number)
    where = f"{verb.name}, older {older}, {number.name} at call {at}: {bench.control.refused()}"
    return _stopped(bench, verb, known, ended, number).about(where)


def kill_at_a_time(bench: Bench, random: Random) -> Verdict:
    """Send a signal to the process, or to its group, at some time."""
    verb, older = _chosen(random)
    known = bench.undisturbed(verb, older)
    number, whole = random.choice(_SIGNALS), random.random() < 0.5
    after = random.random() * known.ended.seconds

    def kill(process: int) -> None:
        time.sleep(after)
        (os.killpg if whole else os.kill)(process, number)

    bench.prepare(verb, older)
    ended = bench.run(verb.words, meanwhile=kill)
    where = f"{verb.name}, older {older}, {number.name} after {after:.2f} s, group {whole}"
    return _stopped(bench, verb, known, ended, number).about(where)


def kill_of_a_worker(bench: Bench, random: Random) -> Verdict:
    """Kill a worker, or the fork server, of a run of two processes: nothing is lost."""
    verb = random.choice(SHARED)
    known = bench.undisturbed(verb, False)
    after, server = random.random(), random.random() < 0.5
    bench.prepare(verb, False)
    ended = bench.run(verb.words, meanwhile=_killer(after, server))
    where = f"{verb.name}, {'fork server' if server else 'worker'} killed {after:.2f} s after it came"
    return _after(bench, verb, known, ended).about(where)


def _killer(after: float, server: bool) -> Callable[[int], None]:
    def kill(process: int) -> None:
        end = time.monotonic() + 60
        while time.monotonic() < end and len(workers(process)) < 2:
            time.sleep(0.01)
        time.sleep(after)
        chosen = fork_server(process) if server else next(iter(workers(process)), None)
        if chosen is not None:
            os.kill(chosen, signal.SIGKILL)

    def begin(process: int) -> None:
        threading.Thread(target=kill, args=(process,), daemon=True).start()

    return begin


def _chosen(random: Random) -> tuple[Verb, bool]:
    verb = random.choice(list(VERBS.values()))
    return verb, not verb.fresh and random.random() < 0.5


def _refused_call(bench: Bench, random: Random, error: int, kinds: set[str], *, stays: bool = False) -> Verdict:
    verb, older = _chosen(random)
    known = bench.undisturbed(verb, older)
    kind = random.choice(sorted(kinds & set(known.calls)))
    at = random.choice([number for number, call in enumerate(known.calls) if call == kind])
    bench.prepare(verb, older)
    ended = bench.run(verb.words, at=at, error=error, stays=stays)
    where = f"{verb.name}, older {older}, {errno.errorcode[error]}{' for good' * stays}: {bench.control.refused()}"
    return _after(bench, verb, known, ended, os.strerror(error)).about(where)


def _stopped(bench: Bench, verb: Verb, known: Undisturbed, ended: Ended, number: signal.Signals) -> Verdict:
    """Judge a run that got a signal, then run it again."""
    code, words = _STOPPED.get(number, (-number, ""))
    if ended.code != -number and (ended.code != code or words not in ended.said):
        return _after(bench, verb, known, ended)
    if ended.broke:
        return wrong(f"{ended.broke}: {ended.said[-500:]}")
    left = _left_behind(bench, known, ended, swept=number != signal.SIGKILL)
    return left or _again(bench, verb, known) or refused()


def _after(bench: Bench, verb: Verb, known: Undisturbed, ended: Ended, cause: str = "") -> Verdict:
    """Judge a run in which something was refused, then run it again."""
    if (problem := Verdict.of_broken(ended)) is not None:
        return problem
    now = {**outputs(bench.root), "standard output": ended.out_without_times}
    named = "what to do" in ended.said + ended.out or _names(bench, ended, cause)
    equal = now == known.newer and ended.code == known.ended.code
    if not equal and not named:
        return wrong(f"exit code {ended.code} without an error: {ended.out[-300:]} {ended.said[-300:]}")
    if not equal and ended.code == known.ended.code == 0 and not _differs_in_ledgers(now, known.newer):
        return wrong(f"exit code 0 with other outputs: {ended.out[-300:]} {ended.said[-300:]}")
    left = _left_behind(bench, known, ended, reported=named and ended.code == 1)
    return left or _again(bench, verb, known) or (RIGHT if equal else refused())


def _differs_in_ledgers(now: dict[str, str], then: dict[str, str]) -> bool:
    """Return whether every output is as it should be, apart from ledgers, whose next reader does without."""
    different = {name for name in {*now, *then} if now.get(name) != then.get(name)}
    return all(name == "standard output" or name.endswith("ledger.jsonl") for name in different)


def _names(bench: Bench, ended: Ended, cause: str) -> bool:
    """Return whether a run named the cause, on the terminal or in a report."""
    texts = [path.read_bytes() for path in (bench.root / "out").rglob("*") if path.is_file()]
    return bool(cause) and any(cause.encode() in text for text in [ended.out.encode(), ended.said.encode(), *texts])


def _left_behind(
    bench: Bench, known: Undisturbed, ended: Ended, *, swept: bool = True, reported: bool = False
) -> Verdict | None:
    """Return what is wrong with the files that a run left; each is the older or the newer one, or reports the fault."""
    now = outputs(bench.root)
    for name, content in now.items():
        if ".nwbgate-" in name:
            if swept:
                return wrong(f"{name} was left behind; {ended.code} {ended.said[-300:]}")
        elif content.startswith("damaged"):
            return wrong(f"{name} is {content}")
        elif name.endswith(PROGRESS) or content in (known.older.get(name), known.newer.get(name)):
            continue
        elif not reported or name.endswith((".nwb", ".h5")):
            return wrong(f"{name} is neither the older nor the newer; {ended.code} {ended.said[-300:]}")
    gone = [name for name in known.older if name not in now and name in known.newer]
    return wrong(f"{gone} went away; {ended.code} {ended.said[-300:]}") if gone else None


def _again(bench: Bench, verb: Verb, known: Undisturbed) -> Verdict | None:
    """Run the same command undisturbed, and return how its outputs differ from those of an undisturbed run."""
    complete = {name: content for name, content in known.newer.items() if name != "standard output"}
    there = verb.fresh and complete.keys() <= outputs(bench.root).keys()
    ended = bench.run(verb.words)
    now = outputs(bench.root)
    different = sorted(name for name in {*now, *complete} if now.get(name) != complete.get(name))
    if different:
        return wrong(f"after another run {different} differ; {ended.code} {ended.said[-300:]}")
    if ended.code != known.ended.code and not (there and ended.code == 2):
        return wrong(f"another run ends with {ended.code}: {ended.out[-300:]} {ended.said[-300:]}")
    return None
