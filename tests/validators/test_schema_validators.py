"""Validators that judge each object once say what HDMF's own say."""

from collections import Counter
from pathlib import Path

import h5py
import pytest
from hdmf.validate import ValidatorMap
from hdmf.validate.validator import BaseStorageValidator, GroupValidator
from pynwb import NWBHDF5IO, get_manager, get_type_map
from pynwb.testing.mock.file import mock_NWBFile
from pynwb.testing.mock.ophys import mock_RoiResponseSeries

from nwbgate.validators.schema_validators import schema_validator

NAMESPACE = get_type_map().namespace_catalog.get_namespace(name="core")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with objects four levels down, and several faults."""
    file = tmp_path_factory.mktemp("schema_validators") / "session.nwb"
    nwbfile = mock_NWBFile()
    mock_RoiResponseSeries(nwbfile=nwbfile)
    with NWBHDF5IO(file, "w") as io:
        io.write(nwbfile)
    with h5py.File(file, "r+") as opened:
        planes = list(opened["general/optophysiology"].values())
        del planes[0]["indicator"]
        channel = next(each for each in planes[0].values() if isinstance(each, h5py.Group))
        channel["emission_lambda"][()] = 1.0
        del channel["description"]
        del opened["acquisition"].parent["session_description"]
    return file


def builder_of(file: h5py.File):
    return NWBHDF5IO(file=file, mode="r", manager=get_manager()).read_builder()


def said(errors) -> list[tuple[str, str, str]]:
    return [(str(each), str(each.location), each.reason) for each in errors]


def test_errors_and_their_order_are_those_of_hdmf(path):
    ours = schema_validator(NAMESPACE)
    with h5py.File(path) as file:
        expected = said(ValidatorMap(NAMESPACE).validate(builder_of(file)))
        assert len(expected) >= 3
        for _ in range(2):
            assert said(ours.validate(builder_of(file))) == expected


def test_each_object_is_judged_once_by_each_validator(path, monkeypatch):
    judged: Counter[tuple[int, int]] = Counter()
    judge = BaseStorageValidator.validate

    def counted(self, builder):
        judged[id(self), id(builder)] += 1
        return judge(self, builder=builder)

    monkeypatch.setattr(BaseStorageValidator, "validate", counted)
    with h5py.File(path) as file:
        builder = builder_of(file)
        schema_validator(NAMESPACE).validate(builder)
        assert set(judged.values()) == {1}
        judged.clear()
        ValidatorMap(NAMESPACE).validate(builder)
        assert max(judged.values()) > 1


def test_a_file_that_was_repaired_meanwhile_passes(path, tmp_path):
    copy = tmp_path / "session.nwb"
    copy.write_bytes(path.read_bytes())
    ours = schema_validator(NAMESPACE)
    with h5py.File(copy, "r+") as file:
        before = said(ours.validate(builder_of(file)))
        file["session_description"] = "a session"
        after = said(ours.validate(builder_of(file)))
    assert len(after) == len(before) - 1


def test_validators_of_children_are_made_once(path, monkeypatch):
    made, initialise = [], GroupValidator.__init__

    def counted(self: GroupValidator, *given: object, **named: object) -> None:
        made.append(self)
        initialise(self, *given, **named)

    monkeypatch.setattr(GroupValidator, "__init__", counted)
    validator = schema_validator(NAMESPACE)
    numbers = [len(made)]
    with h5py.File(path) as file:
        for _ in range(2):
            validator.validate(builder_of(file))
            numbers.append(len(made))
    assert numbers[0] < numbers[1] == numbers[2]
