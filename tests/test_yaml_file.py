"""YAML that people write: read safely, and refused where it would lose something."""

import pytest

from nwbgate.errors import MetadataError, UsageError
from nwbgate.yaml_file import parse_yaml, read_yaml


def test_a_mapping_is_read(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("a: &x {b: 1}\nc: {<<: *x, b: 2}\n")
    assert read_yaml(path) == {"a": {"b": 1}, "c": {"b": 2}}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"a: 1\nb:\n  c: 1\n  c: 2\n", "key 'c' is given twice"),
        (b"a: [1,\n", "invalid YAML"),
        (b"a: !!python/object/apply:os.getcwd []\n", "invalid YAML"),
        (b"- 1\n", "does not contain a mapping"),
        (b"", "does not contain a mapping"),
        (b"a: \xff\n", "UTF-8"),
    ],
)
def test_what_is_not_a_plain_mapping_is_refused(text, said, tmp_path):
    path = tmp_path / "a.yaml"
    path.write_bytes(text)
    with pytest.raises(MetadataError) as refused:
        read_yaml(path, error=MetadataError)
    assert said in str(refused.value)
    assert str(path) in refused.value.where


def test_a_key_given_twice_is_named_with_its_line(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("a: 1\nb: 2\na: 3\n")
    with pytest.raises(UsageError, match="line 3"):
        read_yaml(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(UsageError, match=r"gone\.yaml"):
        read_yaml(tmp_path / "gone.yaml")


def bomb(levels: int) -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, levels)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    "text",
    ["a: &a [*a]", "a: &a {b: *a}", "a: " + "[" * 3000 + "]" * 3000, "a: " + "{b: " * 3000 + "}" * 3000, bomb(9)],
    ids=["a list in itself", "a mapping in itself", "3,000 lists", "3,000 mappings", "an alias bomb"],
)
def test_what_has_no_end_is_a_named_error(text):
    with pytest.raises(UsageError, match="nested without end"):
        parse_yaml(text, "x.yaml")


def test_aliases_and_levels_that_people_write_are_read():
    assert parse_yaml("a: &a [1, 2]\nb: *a\nc: [*a, *a]", "x.yaml")["c"] == [[1, 2], [1, 2]]
    assert parse_yaml("a: " + "[" * 90 + "]" * 90, "x.yaml")
    assert parse_yaml(bomb(4), "x.yaml")["a3"][0][0][0] == ["x"] * 9
