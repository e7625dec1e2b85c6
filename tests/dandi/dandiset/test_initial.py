"""The first dandiset.yaml of a folder holds what files, recipe and person say, and nothing else."""

import pytest
import yaml
from dandischema.models import Dandiset

from nwbgate.cli import main
from nwbgate.dandi import init
from nwbgate.dandi.dandiset.dandiset_file import dandiset_gaps, read_dandiset_file
from nwbgate.errors import UsageError
from support.archive_access import CONTACT, LICENCE


@pytest.fixture
def folder(good, tmp_path):
    for file in good.glob("sub-*/*.nwb"):
        (tmp_path / file.parent.name).mkdir(exist_ok=True)
        (tmp_path / file.relative_to(good)).symlink_to(file)
    return tmp_path


def test_a_complete_file_is_valid_for_dandischema(folder):
    written = init(folder, "DANDI:000711", recipe="dataset-ii", contact=CONTACT, licence=["CC-BY-4.0"], jobs=1)
    stored = yaml.safe_load(written.path.read_text())
    assert Dandiset(**stored).name.startswith("Dataset II")
    assert stored["license"] == [LICENCE]
    assert stored["assetsSummary"]["numberOfFiles"] == 2
    assert dandiset_gaps(stored) == []
    assert read_dandiset_file(folder).identifier == "000711"


def test_texts_of_the_files_become_metadata(folder):
    stored = init(folder, "000711", jobs=1).metadata
    (person,) = stored["contributor"]
    assert (person["name"], person["roleName"]) == ("Doe, Jane", ["dcite:DataCollector"])
    assert person["affiliation"] == [{"schemaKey": "Affiliation", "name": "an institution"}]
    assert (stored["description"], stored["keywords"]) == ("an experiment of a test", ["test"])


def test_what_nobody_says_is_missing_and_listed(folder, capsys):
    assert main(["dandi", "init", str(folder), "--dandiset", "000711", "--jobs", "1"]) == 0
    printed = capsys.readouterr().out
    assert "license" not in yaml.safe_load((folder / "dandiset.yaml").read_text())
    assert "needed for publication: license is missing" in printed
    assert "needed for publication: name is missing" in printed
    assert "At least one contributor must have role ContactPerson" in printed


def test_a_file_of_metadata_wins_over_the_recipe(folder, tmp_path_factory):
    more = tmp_path_factory.mktemp("more") / "more.yaml"
    more.write_text("name: another name\n")
    assert init(folder, "000711", recipe="dataset-ii", metadata=more, jobs=1).metadata["name"] == "another name"


def test_a_contributor_who_is_contact_stays_one_person(folder):
    (person,) = init(folder, "000711", contact=CONTACT, jobs=1).metadata["contributor"]
    assert person["roleName"] == ["dcite:DataCollector", "dcite:ContactPerson"]


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ({"licence": ["Allen Institute Terms of Use"]}, "the archive does not accept this licence"),
        ({"contact": "Jane Doe"}, "invalid contact person"),
        ({"instance": "dandy"}, "unknown instance of DANDI"),
        ({"dandiset": "711"}, "invalid identifier of a dandiset"),
    ],
    ids=["licence", "contact", "instance", "identifier"],
)
def test_wrong_arguments_write_nothing(folder, options, what):
    with pytest.raises(UsageError, match=what):
        init(folder, **{"dandiset": "000711", "jobs": 1, **options})
    assert not (folder / "dandiset.yaml").exists()


def test_an_existing_file_is_kept_without_overwrite(folder):
    (folder / "dandiset.yaml").write_text("mine")
    with pytest.raises(UsageError, match="--overwrite"):
        init(folder, "000711", jobs=1)
    assert (folder / "dandiset.yaml").read_text() == "mine"


def test_a_file_that_cannot_be_read_writes_nothing(folder, capsys):
    """A dandiset.yaml of the other files alone would look like that of the whole folder."""
    (folder / "sub-m1" / "sub-m1_ses-cut.nwb").write_bytes(b"not HDF5")
    assert main(["dandi", "init", str(folder), "--dandiset", "000711", "--jobs", "1"]) == 1
    assert "sub-m1_ses-cut.nwb" in capsys.readouterr().err
    assert not (folder / "dandiset.yaml").exists()
