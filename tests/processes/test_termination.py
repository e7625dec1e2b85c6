"""Interrupts that come out of libraries as something else."""

import pytest

from nwbgate.processes.termination import Terminated, raise_stop


@pytest.mark.parametrize("stop", [KeyboardInterrupt(), Terminated()])
def test_an_interrupt_behind_an_error_of_the_interpreter_is_raised(stop):
    error = SystemError("<cyfunction FastRLock.__exit__> returned a result with an exception set")
    error.__cause__ = stop
    with pytest.raises(type(stop)):
        raise_stop(error)


@pytest.mark.parametrize("error", [SystemError("another"), ValueError("of a rule")])
def test_other_errors_are_passed_over(error):
    assert raise_stop(error) is None
