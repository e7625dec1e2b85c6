"""Edges of lines and wraps of their counter."""

import numpy as np
import pytest

from nwbgate.algorithms.sync_edges import changed_rows, glitches, rollovers

STATE = np.array([0b01, 0b11, 0b10, 0b00], dtype=np.uint32)


def test_a_line_has_an_edge_in_each_row_where_its_bit_changes():
    assert changed_rows(STATE, 0).tolist() == [2]
    assert changed_rows(STATE, 1).tolist() == [1, 3]


def test_the_first_row_is_no_edge_and_the_highest_bit_is_a_line():
    assert changed_rows(np.array([2**31, 2**31, 0], dtype=np.uint32), 31).tolist() == [2]


def test_each_fall_of_the_counter_is_one_more_wrap():
    counter = np.array([4_294_967_000, 200, 300, 4_294_960_000, 10], dtype=np.uint32)
    assert rollovers(counter, 2**32).tolist() == [0, 1, 1, 1, 2]


def test_a_counter_that_falls_a_little_is_no_wrap():
    with pytest.raises(ValueError, match="299 after 300, in row 1"):
        rollovers(np.array([300, 299], dtype=np.uint32), 2**32)


def test_glitches_are_edges_closer_than_the_shortest_pulse():
    assert glitches(np.array([1.0, 1.00005, 2.0, 2.001])) == 1
