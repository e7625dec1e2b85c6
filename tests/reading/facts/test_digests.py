"""Digests tell equal content, and leave out what is equal by chance."""

import numpy as np
import pandas as pd

from nwbgate.reading.facts.digests import behavior_digests, head_digest, imaging_digests


def frames(**changes: object) -> dict[str, pd.DataFrame]:
    traces = {
        "table": "dff_traces",
        "plane": ["a", "b"],
        "is_constant": [False, False],
        "digest": ["1", "2"],
        **changes,
    }
    return {"trace_columns": pd.DataFrame(traces)}


def test_equal_traces_have_one_digest_and_others_another():
    one, two = imaging_digests(frames(), ["a", "b"])
    assert one.startswith("traces=")
    assert one != two
    one, two = imaging_digests(frames(digest=["1", "1"]), ["a", "b"])
    assert one == two


def test_what_does_not_vary_or_has_no_plane_is_left_out():
    assert imaging_digests(frames(is_constant=[True, False]), ["a", "b"])[0] is None
    assert imaging_digests(frames(digest=[np.nan, "2"]), ["a", "b"])[0] is None
    assert imaging_digests(frames(plane=[None, "b"]), ["a", "b"])[0] is None
    assert imaging_digests(frames(table="events"), ["a", "b"]) == [None, None]


def test_images_of_one_value_and_masks_of_one_pixel_are_left_out():
    images = {"plane": "a", "image_name": "max_projection", "lowest": [0.0], "highest": [0.0], "digest": "1"}
    masks = {"plane": "a", "n_pixels": [1], "digest": "1"}
    told = {"projection_images": pd.DataFrame(images), "masks": pd.DataFrame(masks)}
    assert imaging_digests(told, ["a"]) == [None]
    images["highest"], masks["n_pixels"] = [9.0], [20]
    told = {"projection_images": pd.DataFrame(images), "masks": pd.DataFrame(masks)}
    assert [part.partition("=")[0] for part in imaging_digests(told, ["a"])[0].split()] == ["masks", "max_projection"]


def test_few_licks_are_no_behavior():
    few, many = (pd.DataFrame({"timestamps": np.arange(n) / 7}) for n in (3, 30))
    assert behavior_digests({"licks": few}) is None
    assert behavior_digests({"licks": many}).startswith("licks=")


def test_a_truncated_copy_begins_as_its_original():
    whole = {"trace_columns": frames(head=["h1", "h2"], n_frames=[9000, 9000])["trace_columns"]}
    cut = {"trace_columns": frames(head=["h1", "h2"], n_frames=[8100, 8100], digest=["3", "4"])["trace_columns"]}
    (one, two), (first, second) = imaging_digests(whole, ["a", "b"]), imaging_digests(cut, ["a", "b"])
    for own, other in ((one, first), (two, second)):
        (digest, head), (other_digest, other_head) = own.split(), other.split()
        assert digest != other_digest
        assert head.startswith("traces_head=9000:")
        assert other_head.startswith("traces_head=8100:")
        assert head.partition(":")[2] == other_head.partition(":")[2]


def test_short_and_steady_traces_have_no_head():
    trace = np.random.default_rng(0).normal(size=1500)
    assert head_digest(trace) == head_digest(trace[:1200]) != head_digest(trace[1:])
    assert head_digest(trace[:999]) is None
    assert head_digest(np.zeros(1500)) is None
    assert head_digest(np.arange(1500) % 7) is None


def test_licks_begin_alike_in_a_truncated_copy():
    many = pd.DataFrame({"timestamps": np.arange(90) / 7})
    told = [behavior_digests({"licks": many[:n]}).split() for n in (90, 80)]
    assert [parts[1].partition(":")[0] for parts in told] == ["licks_head=90", "licks_head=80"]
    assert told[0][1].partition(":")[2] == told[1][1].partition(":")[2]
