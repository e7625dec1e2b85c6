"""`nwbgate.convert_session` for any NeuroConv object: what gets its name, what is skipped, what is refused."""

import subprocess
import sys
import uuid

import h5py
import numpy as np
import pytest
from neuroconv import ConverterPipe
from neuroconv.utils import dict_deep_update
from pynwb import read_nwb

import nwbgate
from nwbgate.errors import CheckError, MetadataError, UsageError, WriteError
from nwbgate.writing import provenance
from support.file_content import content
from support.maze_conversion import METADATA, NumbersInterface, convert, maze
from support.maze_sources import THIRD_RECIPE

DATA = "processing/behavior/Position/SpatialSeries"


def leftovers(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_converter_becomes_a_checked_file_with_its_data(source, tmp_path):
    result = convert(source, tmp_path / "nwb" / "s1.nwb")
    assert result.status == "converted"
    assert result.bytes == result.path.stat().st_size
    assert result.source_bytes == source.stat().st_size
    assert result.seconds > 0
    with h5py.File(result.path) as file:
        assert np.array_equal(file[DATA]["data"], np.loadtxt(source, delimiter=",", skiprows=3)[:, 1:])
    assert leftovers(tmp_path / "nwb") == ["s1.nwb"]


def test_the_temporal_alignment_of_the_converter_is_run(source, tmp_path):
    result = convert(source, tmp_path / "s1.nwb")
    times = np.loadtxt(source, delimiter=",", skiprows=3)[:, 0]
    with h5py.File(result.path) as file:
        assert file[DATA]["timestamps"][0] == 0
        assert np.allclose(file[DATA]["timestamps"], times - times[0])


def test_a_single_interface_and_a_pipe_are_converted_too(source, numbers, tmp_path):
    interface = NumbersInterface(path=numbers)
    alone = nwbgate.convert_session(interface, tmp_path / "alone.nwb", conversion_options={"name": "mine"}, check=False)
    assert list(read_nwb(alone.path).acquisition) == ["mine"]
    positions = maze(source).data_interface_objects["Positions"]
    pipe = ConverterPipe(data_interfaces={"Positions": positions, "Numbers": interface})
    options = {"Numbers": {"name": "theirs"}}
    both = nwbgate.convert_session(pipe, tmp_path / "both.nwb", metadata=METADATA, conversion_options=options)
    assert list(read_nwb(both.path).acquisition) == ["theirs"]
    assert [each["name"] for each in provenance.read(both.path)["sources"]] == ["s1.csv", "1.txt"]


def test_options_and_metadata_reach_the_file(source, tmp_path):
    metadata = dict_deep_update(METADATA, {"Subject": {"sex": "F"}})
    result = convert(
        source, tmp_path / "s1.nwb", metadata=metadata, conversion_options={"Positions": {"unit": "centimeters"}}
    )
    with h5py.File(result.path) as file:
        assert file["general/subject/sex"].asstr()[()] == "F"
        assert file["general/subject/subject_id"].asstr()[()] == "rat7"
        assert file[DATA]["data"].attrs["unit"] == "centimeters"


def test_the_file_says_where_it_came_from(source, tmp_path):
    result = convert(source, tmp_path / "s1.nwb", parameters={"shift": 0.5})
    record = provenance.read(result.path)
    assert record["sources"][0]["name"] == "s1.csv"
    assert record["parameters"]["shift"] == 0.5
    generated = dict(read_nwb(result.path).was_generated_by)
    assert generated["nwbgate"] == nwbgate.__version__
    assert "neuroconv" in generated


def test_two_conversions_of_one_source_are_equal(source, tmp_path):
    one, two = (convert(source, tmp_path / f"{name}.nwb").path for name in "ab")
    assert content(one) == content(two)
    with h5py.File(one) as file:
        assert uuid.UUID(file["identifier"].asstr()[()]).version == 5


def test_an_identifier_of_the_interface_itself_is_kept(numbers, tmp_path):
    class NamedInterface(NumbersInterface):
        def get_metadata(self):
            metadata = super().get_metadata()
            metadata["NWBFile"]["identifier"] = "named"
            return metadata

    result = nwbgate.convert_session(NamedInterface(path=numbers), tmp_path / "n.nwb", check=False)
    assert read_nwb(result.path).identifier == "named"


def test_metadata_handed_back_to_the_converter_that_gave_them_bring_no_chance_along(source, tmp_path):
    """The way NeuroConv's documentation goes: take the metadata, change them, hand them back."""

    def again(**changes):
        metadata = maze(source).get_metadata()
        metadata["NWBFile"].update(METADATA["NWBFile"], **changes)
        metadata["Subject"].update(METADATA["Subject"])
        return convert(source, tmp_path / "s1.nwb", metadata=metadata)

    assert [again().status, again().status] == ["converted", "skipped"]
    identifier = read_nwb(tmp_path / "s1.nwb").identifier
    assert uuid.UUID(identifier).version == 5
    assert again(identifier="mine").status == "converted"
    assert read_nwb(tmp_path / "s1.nwb").identifier == "mine"


def test_the_script_that_converts_does_not_matter(source, tmp_path):
    """NeuroConv's own metadata hold the name of the running script."""
    program = (
        "import sys, nwbgate\nfrom nwbgate.conversion.recipes.recipe import load_recipe\n"
        "recipe = load_recipe(sys.argv[1])\n"
        "converter = recipe.converter(source_data={'Positions': {'file_path': sys.argv[2]}})\n"
        "metadata = {**recipe.metadata, 'NWBFile': {**recipe.metadata['NWBFile'], 'session_id': 's1'}}\n"
        "print(nwbgate.convert_session(converter, sys.argv[3], metadata=metadata).status)\n"
    )
    (tmp_path / "one.py").write_text(program)
    (tmp_path / "two.py").write_text(program)
    said = [
        subprocess.run(
            [sys.executable, tmp_path / name, THIRD_RECIPE, source, tmp_path / "s1.nwb"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for name in ("one.py", "two.py")
    ]
    assert said == ["converted\n", "skipped\n"]
    assert convert(source, tmp_path / "s1.nwb").status == "skipped"


def test_an_identifier_in_the_metadata_is_kept(source, tmp_path):
    metadata = dict_deep_update(METADATA, {"NWBFile": {"identifier": "mine"}})
    result = convert(source, tmp_path / "s1.nwb", metadata=metadata)
    assert read_nwb(result.path).identifier == "mine"


@pytest.mark.parametrize("kind", ["not hdf5", "foreign", "another session"])
def test_a_file_that_is_not_this_sessions_is_refused_and_replaced_only_on_request(kind, source, tmp_path):
    path = tmp_path / "s1.nwb"
    if kind == "not hdf5":
        path.write_text("mine")
    elif kind == "foreign":
        converter = maze(source)
        metadata = dict_deep_update(converter.get_metadata(), METADATA)
        converter.run_conversion(nwbfile_path=path, metadata=metadata)
    else:
        convert(source, path, metadata=dict_deep_update(METADATA, {"NWBFile": {"session_id": "s2"}}))
    before = path.read_bytes()
    with pytest.raises(WriteError, match="--overwrite"):
        convert(source, path)
    assert path.read_bytes() == before
    assert convert(source, path, overwrite=True).status == "converted"


@pytest.mark.parametrize(
    ("metadata", "named", "meant"),
    [
        ({"Subjects": {"sex": "F"}}, "Subjects", "Subject"),
        ({"Subject": {"genotpye": "x"}}, "Subject.genotpye", "Subject.genotype"),
        ({"NWBFile": {"experimentor": ["Doe, Jane"]}}, "NWBFile.experimentor", "NWBFile.experimenter"),
    ],
)
def test_a_wrong_key_is_named_with_the_one_that_was_meant(metadata, named, meant, source, tmp_path):
    with pytest.raises(MetadataError) as refused:
        convert(source, tmp_path / "s1.nwb", metadata=dict_deep_update(METADATA, metadata))
    assert named in refused.value.what
    assert meant in refused.value.fix
    assert not (tmp_path / "s1.nwb").exists()


def test_a_wrong_value_is_named_with_what_was_expected(source, tmp_path):
    with pytest.raises(MetadataError) as refused:
        convert(source, tmp_path / "s1.nwb", metadata=dict_deep_update(METADATA, {"Subject": {"sex": "hen"}}))
    assert "Subject.sex" in refused.value.what
    assert "hen" in refused.value.got


@pytest.mark.parametrize(
    "options", [{"Position": {}}, {"Positions": {"unti": "m"}}, {"Positions": {"unit": 5}}], ids=str
)
def test_a_wrong_conversion_option_is_refused(options, source, tmp_path):
    with pytest.raises(UsageError, match=r"Position|unti|5"):
        convert(source, tmp_path / "s1.nwb", conversion_options=options)
    assert not (tmp_path / "s1.nwb").exists()


def test_a_wrong_option_of_a_single_interface_is_refused(numbers, tmp_path):
    with pytest.raises(UsageError, match="nmae"):
        nwbgate.convert_session(
            NumbersInterface(path=numbers), tmp_path / "n.nwb", conversion_options={"nmae": "x"}, check=False
        )


def test_a_file_that_fails_its_check_leaves_the_good_one_alone(source, tmp_path):
    path = convert(source, tmp_path / "s1.nwb").path
    before = path.read_bytes()

    def refuse(temporary):
        assert temporary.parent == path.parent
        raise CheckError("not good enough")

    with pytest.raises(CheckError):
        convert(source, path, overwrite=True, check=refuse)
    assert path.read_bytes() == before
    assert leftovers(tmp_path) == ["s1.nwb", "sources"]


def test_the_real_check_is_the_default(numbers, tmp_path):
    """NWB Inspector calls spikes out of order CRITICAL."""

    class Unsorted(NumbersInterface):
        def add_to_nwbfile(self, nwbfile, metadata=None):
            nwbfile.add_unit(spike_times=[2.0, 1.0])

    metadata = dict_deep_update(METADATA, {"Subject": {"subject_id": "m1"}})
    with pytest.raises(CheckError, match="spike_times"):
        nwbgate.convert_session(Unsorted(path=numbers), tmp_path / "n.nwb", metadata=metadata)
    assert leftovers(tmp_path) == ["numbers"]


def test_the_public_name_costs_nothing_until_it_is_used():
    program = "import nwbgate, sys; print('pynwb' in sys.modules); nwbgate.convert_session"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout == "False\n"
