"""Work in a worker process is stopped by signals, wherever they come."""

import signal
import time
import weakref
from multiprocessing.reduction import ForkingPickler

import pytest

from nwbgate.processes.service import _answer
from nwbgate.processes.termination import Terminated


class Stopped:
    """Work during which a signal comes in a callback of Python."""

    def run(self) -> None:
        dropped = Stopped()
        watched = weakref.ref(dropped, lambda _: signal.raise_signal(signal.SIGTERM))
        del dropped
        time.sleep(20)
        assert watched() is None


def test_a_signal_in_a_callback_of_python_stops_the_work(capfd):
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(Terminated):
        _answer(bytes(ForkingPickler.dumps(Stopped())))
    assert signal.getsignal(signal.SIGTERM) is before
    assert "ignored" not in capfd.readouterr().err
