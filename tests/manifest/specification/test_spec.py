"""A specification is found by name or folder, merged with its version, and wrong in words that name the mistake."""

import subprocess
import sys

import pytest
import yaml

from nwbgate.errors import SpecError
from nwbgate.manifest.specification.overlays import merge
from nwbgate.manifest.specification.spec import load_spec, shipped_specs


def column(**more):
    return {"type": "integer", "description": "A number.", **more}


def small():
    """Two tables, the second of which refers to the first."""
    return {
        "vocabularies": {"sexes": ["F", "M"]},
        "tables": {
            "mice": {
                "description": "One mouse.",
                "file": "mice.csv",
                "key": "mouse_id",
                "columns": {
                    "mouse_id": column(required=True, unique=True, minimum=1),
                    "sex": {"type": "string", "description": "Sex.", "enum": "sexes", "required": True},
                },
            },
            "sessions": {
                "description": "One session.",
                "file": "sessions.csv",
                "key": ["mouse_id", "day"],
                "foreign_keys": [{"column": "mouse_id", "to": "mice"}],
                "columns": {
                    "mouse_id": column(),
                    "day": column(unit="d"),
                    "sex": {"copied_from": "mice.sex", "description": "Sex of its mouse."},
                },
            },
        },
    }


def folder_of(folder, data, **versions):
    (folder / "manifest.yaml").write_text(data if isinstance(data, str) else yaml.safe_dump(data))
    for version, overlay in versions.items():
        (folder / "versions").mkdir(exist_ok=True)
        (folder / "versions" / f"{version}.yaml").write_text(yaml.safe_dump(overlay))
    return folder


def test_shipped_specifications_are_listed_one_per_version():
    assert shipped_specs() == ("dataset_ii", "visual_behavior@1.1.0", "visual_behavior@release-candidate")


@pytest.mark.parametrize("name", shipped_specs())
def test_every_shipped_specification_loads_under_its_name(name):
    assert load_spec(name).name == name
    assert load_spec(name.replace("_", "-")).name == name


def test_without_a_version_the_default_one_is_taken():
    assert load_spec("visual_behavior").version == "1.1.0"
    assert load_spec("dataset-ii").version == ""


def test_a_specification_is_returned_as_it_is():
    spec = load_spec("dataset_ii")
    assert load_spec(spec) is spec


def test_a_folder_is_a_specification(tmp_path):
    spec = load_spec(folder_of(tmp_path, small()))
    assert spec.name == tmp_path.name
    assert spec.tables["mice"].keys == ("mouse_id",)
    assert spec.tables["sessions"].keys == ("mouse_id", "day")
    assert spec.tables["sessions"].foreign_keys[0].columns == ("mouse_id",)


def test_a_folder_may_have_an_at_sign_in_its_name(tmp_path):
    folder = tmp_path / "mine@home"
    folder.mkdir()
    assert load_spec(folder_of(folder, small())).dataset == "mine@home"


def test_a_copied_column_takes_what_it_does_not_say_itself(tmp_path):
    sex = load_spec(folder_of(tmp_path, small())).tables["sessions"].columns["sex"]
    assert (sex.type, sex.enum, sex.required) == ("string", ("F", "M"), True)
    assert sex.description == "Sex of its mouse."


def test_a_chain_of_copies_takes_from_its_end(tmp_path):
    data = small()
    data["tables"]["planes"] = {
        "description": "One plane.",
        "file": "planes.csv",
        "key": "plane",
        "foreign_keys": [{"column": ["mouse_id", "day"], "to": "sessions"}],
        "columns": {
            "plane": column(),
            "mouse_id": column(),
            "day": column(),
            "sex": {"copied_from": "sessions.sex"},
        },
    }
    spec = load_spec(folder_of(tmp_path, data))
    assert spec.tables["planes"].columns["sex"].enum == ("F", "M")
    assert set(spec.manifest_tables) == {"mice", "sessions", "planes"}


@pytest.mark.parametrize(
    ("table", "fact", "message"),
    [
        ("nwb_files", "n_trails", "unknown name 'n_trails'(?s:.*)did you mean 'n_trials'"),
        ("nwb_file", "path", "the table 'nwb_file' has no file(?s:.*)did you mean 'nwb_files'"),
    ],
    ids=["fact", "table"],
)
def test_an_unknown_fact_is_an_error_with_the_nearest(tmp_path, table, fact, message):
    data = small()
    data["tables"][table] = {"description": "A file.", "key": fact, "columns": {fact: column()}}
    with pytest.raises(SpecError, match=message):
        load_spec(folder_of(tmp_path, data))


def test_a_misspelt_key_is_named_before_the_key_that_is_missing_for_it(tmp_path):
    data = small()
    sex = data["tables"]["mice"]["columns"]["sex"]
    sex["tpye"] = sex.pop("type")
    with pytest.raises(SpecError, match=r"unknown key 'tpye'(?s:.*)did you mean 'type'"):
        load_spec(folder_of(tmp_path, data))


def test_a_version_is_laid_over_the_base(tmp_path):
    overlay = {
        "description": "The second.",
        "tables": {
            "mice": {"columns": {"mouse_id": {"minimum": 100}, "sex": None}},
            "sessions": {"columns": {"sex": None}},
        },
    }
    folder = folder_of(tmp_path, small() | {"default_version": "1"}, **{"1": {}, "2": overlay})
    assert load_spec(folder).version == "1"
    second = load_spec(f"{folder}@2")
    assert (second.version, second.description) == ("2", "The second.")
    mouse_id = second.tables["mice"].columns["mouse_id"]
    assert (mouse_id.minimum, mouse_id.unique) == (100, True)
    assert list(second.tables["mice"].columns) == ["mouse_id"]
    assert load_spec(f"{folder}@1").tables["mice"].columns["mouse_id"].minimum == 1


def test_merging_changes_neither_side():
    base, overlay = {"a": {"b": 1}, "c": [1]}, {"a": {"d": 2}, "c": [2], "e": {"f": 3}}
    assert merge(base, overlay) == {"a": {"b": 1, "d": 2}, "c": [2], "e": {"f": 3}}
    assert base == {"a": {"b": 1}, "c": [1]}
    assert merge({"a": 1}, {"a": {"b": 2}}) == {"a": {"b": 2}}


def test_a_null_takes_a_key_away_and_stays_where_there_is_none():
    assert merge({"a": 1, "b": 2}, {"a": None}) == {"b": 2}
    assert merge({}, {"a": {"b": None}}) == {"a": {"b": None}}


def edit(path, value):
    """A small specification with one place of it changed."""
    data = small()
    place = data
    *parents, last = path.split(".")
    for name in parents:
        place = place[name]
    place[last] = value
    return data


NAMES = {
    "key of a column": ("tables.mice.columns.sex.rquired", True, "rquired", "required"),
    "key without a value": ("tables.mice.columns.sex.rquired", None, "rquired", "required"),
    "key of a table": ("tables.mice.colums", {}, "colums", "columns"),
    "key of the specification": ("tabels", {}, "tabels", "tables"),
    "vocabulary": ("tables.mice.columns.sex.enum", "sexs", "sexs", "sexes"),
    "copied column": ("tables.sessions.columns.sex.copied_from", "mice.sexx", "mice.sexx", "mice.sex"),
    "derivation": ("tables.mice.columns.sex.derived", "cre_lin", "cre_lin", "cre_line"),
    "input of a derivation": ("tables.mice.columns.sex.derived", "cre_line", "full_genotype", ""),
    "list": ("tables.mice.columns.sex.list_of", "sessions.dy", "sessions.dy", "sessions.day"),
    "count": ("tables.mice.columns.sex.count_of", "sessions.mous_id", "sessions.mous_id", "sessions.mouse_id"),
    "condition": ("tables.mice.columns.sex.null_when", {"column": "mouse", "is_null": True}, "mouse", "mouse_id"),
    "key": ("tables.mice.key", "mouse", "mouse", "mouse_id"),
    "renamed": ("tables.mice.renamed", {"old": "sexe"}, "sexe", "sex"),
    "child": ("tables.sessions.foreign_keys", [{"column": "mouse", "to": "mice"}], "mouse", "mouse_id"),
    "parent": ("tables.sessions.foreign_keys", [{"column": "mouse_id", "to": "mic"}], "mic", "mice"),
    "counted column": ("tables.mice.counts", [{"number": 2, "distinct": "sexe"}], "sexe", "sex"),
    "counted rows": ("tables.mice.counts", [{"number": 2, "where": {"sessions.dy": 1}}], "sessions.dy", "sessions.day"),
}  # fmt: skip


@pytest.mark.parametrize(("path", "value", "word", "nearest"), NAMES.values(), ids=NAMES)
def test_a_name_that_does_not_exist_is_named_with_the_nearest_that_does(tmp_path, path, value, word, nearest):
    data = edit(path, value)
    if path == "tables.sessions.foreign_keys":
        del data["tables"]["sessions"]["columns"]["sex"]
    with pytest.raises(SpecError) as refused:
        load_spec(folder_of(tmp_path, data))
    assert word in str(refused.value)
    assert str(tmp_path) in refused.value.where
    assert refused.value.exit_code == 2
    assert nearest in refused.value.fix


WRONG = {
    "type": ("tables.mice.columns.sex.type", "text", "type: Input should be"),
    "bound": ("tables.mice.columns.mouse_id.minimum", "one", "minimum: "),
    "no description": ("tables.mice.columns.sex", {"type": "string"}, "the key 'description' is missing"),
    "columns are a list": ("tables.sessions.columns", ["mouse_id"], "columns: Input should be"),
    "a column is text": ("tables.mice.columns.mouse_id", "string", "mouse_id: Input should be"),
    "a table is text": ("tables.sessions", "sessions.csv", "sessions: Input should be"),
    "circle": ("tables.mice.columns.sex", {"copied_from": "sessions.sex"}, "circular copies"),
    "copy without foreign key": ("tables.sessions.foreign_keys", [], "sex.copied_from"),
    "list without foreign key": ("tables.sessions.columns.day.list_of", "mice.sex", "day.list_of"),
    "count of another column": ("tables.mice.columns.sex.count_of", "sessions.day", "sex.count_of"),
    "pattern": ("tables.mice.columns.sex.pattern", "(F|M", "invalid regular expression"),
    "foreign key of another length": ("tables.mice.key", ["mouse_id", "sex"], "differ in number of columns"),
    "default version": ("default_version", "9", "default_version is not a version"),
}


@pytest.mark.parametrize(("path", "value", "words"), WRONG.values(), ids=WRONG)
def test_a_wrong_declaration_is_refused(tmp_path, path, value, words):
    with pytest.raises(SpecError) as refused:
        load_spec(folder_of(tmp_path, edit(path, value)))
    assert words in str(refused.value)


TEXTS = {
    "not YAML": ("tables: {", "invalid YAML"),
    "not a mapping": ("- tables", "does not contain a mapping"),
    "nothing": ("", "does not contain a mapping"),
    "key twice": ("tables: {}\ntitle: a\ntitle: b\n", "'title' is given twice"),
    "column twice": ("tables: {a: {columns: {b: {}, b: {}}}}", "line 1"),
    "another object": ("tables: !!python/object/apply:os.getcwd []", "invalid YAML"),
}


@pytest.mark.parametrize(("text", "words"), TEXTS.values(), ids=TEXTS)
def test_a_file_that_is_no_specification_is_refused(tmp_path, text, words):
    with pytest.raises(SpecError) as refused:
        load_spec(folder_of(tmp_path, text))
    assert words in str(refused.value)
    assert "manifest.yaml" in refused.value.where


def test_a_file_in_another_encoding_is_refused(tmp_path):
    (tmp_path / "manifest.yaml").write_bytes("title: µ".encode("latin-1"))
    with pytest.raises(SpecError, match="not UTF-8 text"):
        load_spec(tmp_path)


def test_anchors_and_merged_keys_are_no_repetition(tmp_path):
    text = """
    tables:
     mice: {file: m, description: a, key: b, renamed: &old {c: b, d: b},
       columns: {b: &b {type: string, description: a}}}
     ages: {file: a, description: a, key: b, renamed: {<<: *old, c: age},
       columns: {b: *b, age: {<<: *b, type: integer}}}
    """
    ages = load_spec(folder_of(tmp_path, text)).tables["ages"]
    assert ages.renamed == {"c": "age", "d": "b"}
    assert ages.columns["age"].type == "integer"


def test_a_folder_without_a_specification_is_refused(tmp_path):
    with pytest.raises(SpecError, match="contains no specification"):
        load_spec(tmp_path)


def test_an_unknown_name_is_refused_with_the_nearest():
    with pytest.raises(SpecError) as refused:
        load_spec("visual-behaviour")
    assert "visual_behavior@release-candidate" in refused.value.expected
    assert refused.value.fix == "did you mean 'visual_behavior'?"


def test_a_name_that_is_near_to_none_is_refused_with_those_that_exist(tmp_path):
    text = """
    vocabularies: {sexes: [F, M]}
    tables:
      mice:
        description: Mice.
        file: mice.csv
        key: name
        columns: {name: {type: string, description: Name., enum: colours}}
    """
    with pytest.raises(SpecError) as refused:
        load_spec(folder_of(tmp_path, text))
    assert refused.value.expected == "one of sexes"
    assert refused.value.fix == "use an existing name, or declare it"


def test_a_missing_key_is_named_with_its_place(tmp_path):
    text = "tables: {mice: {description: Mice., key: name, columns: {name: {type: string}}}}"
    with pytest.raises(SpecError, match="the key 'description' is missing") as refused:
        load_spec(folder_of(tmp_path, text))
    assert refused.value.where.endswith("tables.mice.columns.name.description")
    assert refused.value.fix == "add it"


def test_an_unknown_version_is_refused_with_those_that_exist():
    with pytest.raises(SpecError) as refused:
        load_spec("visual_behavior@1.1")
    assert refused.value.expected == "1.1.0, release-candidate"
    assert "1.1.0" in refused.value.fix
    with pytest.raises(SpecError, match="no version: it has only one"):
        load_spec("dataset_ii@1")


def test_specifications_load_without_pandas():
    code = "from nwbgate.manifest.specification.spec import load_spec; load_spec('visual_behavior')"
    code += "; import sys; print('pandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
