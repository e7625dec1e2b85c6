"""Interrupts that come out of libraries as something else, or that Python passes over."""

import signal
import time
import weakref

import pytest

from nwbgate.processes.termination import Terminated, raise_stop, terminable


@pytest.mark.parametrize("stop", [KeyboardInterrupt(), Terminated()])
def test_an_interrupt_behind_an_error_of_the_interpreter_is_raised(stop):
    error = SystemError("<cyfunction FastRLock.__exit__> returned a result with an exception set")
    error.__cause__ = stop
    with pytest.raises(type(stop)):
        raise_stop(error)


@pytest.mark.parametrize("error", [SystemError("another"), ValueError("of a rule")])
def test_other_errors_are_passed_over(error):
    assert raise_stop(error) is None


class Dropped:
    """Something that can be watched by a weak reference."""


@pytest.mark.parametrize(("number", "stop"), [(signal.SIGTERM, Terminated), (signal.SIGINT, KeyboardInterrupt)])
def test_a_signal_in_a_callback_of_python_stops_the_run(number, stop, capfd):
    def run():
        dropped = Dropped()
        watched = weakref.ref(dropped, lambda _: signal.raise_signal(number))
        del dropped
        time.sleep(20)
        return watched

    signal.signal(signal.SIGINT, signal.default_int_handler)  # another test of this process may have ended a run
    with terminable(), pytest.raises(stop) as raised:
        run()
    assert raised.type is stop
    assert "ignored" not in capfd.readouterr().err


def test_other_errors_in_a_callback_are_said_as_before(capfd, monkeypatch):
    said = []
    monkeypatch.setattr("sys.unraisablehook", lambda dropped: said.append(dropped.exc_type))
    dropped = Dropped()
    watched = weakref.ref(dropped, lambda _: 1 // 0)
    with terminable():
        del dropped
    assert watched() is None
    assert said == [ZeroDivisionError]
