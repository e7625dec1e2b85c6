"""The plan of a stream is known before a source is fetched: sizes, what is done, and what cannot be done."""

import pytest

from nwbgate.errors import UsageError
from nwbgate.streaming.plan import Wish
from nwbgate.streaming.run import StreamOrder, plan_release
from support.streamed_release import LARGE, SMALL, bytes_in, order_of, web  # noqa: F401

ALL = (LARGE, "1900011201", *SMALL)


def test_sessions_files_and_sizes_are_known_before_anything_is_fetched(web, tmp_path):  # noqa: F811
    web.requests.clear()
    plan = plan_release(order_of(web, tmp_path, sessions=ALL))
    assert [(each.plan.session_id, len(each.files)) for each in plan.sessions] == [
        ("1900011001", 2), ("1900011201", 1), ("1900011401", 1), ("1900011501", 1)
    ]  # fmt: skip
    assert plan.size == bytes_in(web.folder / "visual-behavior-ophys" / "behavior_ophys_experiments") + bytes_in(
        web.folder / "visual-behavior-ophys" / "behavior_sessions"
    )
    assert not [path for method, path, _ in web.requests if method == "GET" and path.endswith(".nwb")]
    assert not list(tmp_path.iterdir())


def test_filters_choose_sessions(web, tmp_path):  # noqa: F811
    plan = plan_release(order_of(web, tmp_path, sessions=(), options={"mouse": "457841", "where": "sex == 'F'"}))
    assert [each.plan.session_id for each in plan.sessions] == [LARGE]


def test_a_session_larger_than_the_limit_is_named_and_the_others_go_on(web, tmp_path):  # noqa: F811
    plan = plan_release(order_of(web, tmp_path, sessions=ALL, limit=5_000_000))
    assert [each.plan.session_id for each in plan.sessions] == ["1900011201", *SMALL]
    (failed,) = plan.known
    assert failed.session_id == LARGE
    assert "exceeds the limit of the scratch folder" in failed.reason
    assert "--scratch-limit" in failed.reason


def test_the_file_on_its_way_to_a_bucket_counts(web, tmp_path):  # noqa: F811
    pytest.importorskip("moto")
    from support.object_store import object_store

    with object_store() as store:
        more = {"output": "s3://release", "endpoint": store.url}
        plan = plan_release(order_of(web, tmp_path, sessions=ALL, limit=5_000_000, **more))
    assert [each.plan.session_id for each in plan.sessions] == list(SMALL)


def test_a_file_that_the_server_lacks_fails_its_session(web, tmp_path):  # noqa: F811
    file = next(web.folder.rglob("behavior_session_1900011401.nwb"))
    away = file.rename(file.with_suffix(".away"))
    try:
        plan = plan_release(order_of(web, tmp_path))
    finally:
        away.rename(file)
    assert [each.plan.session_id for each in plan.sessions] == ["1900011501"]
    assert "the server does not have this file" in plan.known[0].reason


def test_the_key_of_a_session_depends_on_content_alone(web, tmp_path):  # noqa: F811
    (first,), (second,) = (
        plan_release(order_of(web, tmp_path / name, sessions=SMALL[:1])).sessions for name in ("a", "b")
    )
    assert first.key == second.key
    (other,) = plan_release(order_of(web, tmp_path, sessions=SMALL[:1], options={"events": "series"})).sessions
    assert other.key != first.key


def test_a_recipe_without_a_release_is_refused(web, tmp_path):  # noqa: F811
    with pytest.raises(UsageError, match="no public release to fetch"):
        plan_release(StreamOrder(Wish("dataset-ii"), tmp_path, tmp_path, 10**9))


def test_kept_sources_must_fit(web, tmp_path):  # noqa: F811
    with pytest.raises(UsageError, match="the kept sources exceed the limit"):
        plan_release(order_of(web, tmp_path, sessions=ALL, limit=15_000_000, keep_sources=True))
