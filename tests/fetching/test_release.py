"""What is known of a release is data, and versions are numbers."""

import pytest

from nwbgate.errors import UsageError
from nwbgate.fetching.release import Version, load_release, shipped_releases

RELEASE = load_release("visual_behavior")


def test_shipped_releases_load_by_either_spelling():
    assert shipped_releases() == ("visual-behavior",)
    assert all(load_release(name) is not None for name in shipped_releases())
    assert load_release("visual-behavior") == RELEASE


def test_an_unknown_release_is_refused_and_the_known_ones_named():
    with pytest.raises(UsageError, match="visual-behavior"):
        load_release("visual-coding")


def test_versions_are_ordered_by_their_numbers():
    texts = ["1.10.0", "1.9.9", "v2.0.0", "1.9.10"]
    assert list(map(str, sorted(map(Version.parse, texts)))) == ["1.9.9", "1.9.10", "1.10.0", "2.0.0"]


@pytest.mark.parametrize("text", ["", "1.1", "1.1.0.0", "one", "1.1.x", "../1.1.0", "1.1.0/..", "1.1.-1"])
def test_what_is_no_version_is_refused(text):
    with pytest.raises(UsageError, match="invalid version"):
        Version.parse(text)


@pytest.mark.parametrize(
    ("version", "known"), [("0.3.0", False), ("1.0.0", True), ("1.9.0", True), ("2.0.0", False), ("10.0.0", False)]
)
def test_the_first_version_that_is_known_counts_and_the_last_does_not(version, known):
    assert RELEASE.accepts(Version.parse(version)) is known


def test_manifests_are_found_in_any_listing():
    name = "visual-behavior-ophys_project_manifest_v{}.json"
    xml = f"<Key>visual-behavior-ophys/manifests/{name.format('0.3.0')}</Key><Key>x/{name.format('1.10.0')}</Key>"
    html = (
        f'<a href="{name.format("1.1.0")}">{name.format("1.1.0")}</a> {name.format("1.1")} {name.format("1.1.0")}.bak'
    )
    assert set(map(str, RELEASE.versions_in(xml))) == {"0.3.0", "1.10.0"}
    assert set(map(str, RELEASE.versions_in(html))) == {"1.1.0"}
    assert RELEASE.versions_in("nothing") == set()
