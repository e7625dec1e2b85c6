"""The corpus as files: each with its clean counterpart, a row of the table, and the one fault that is declared."""

import csv
from pathlib import Path

import pytest

import nwbgate
from nwbgate.cli import main
from nwbgate.corpus.declarations import declared_faults, sample_faults
from nwbgate.corpus.files import TABLE, write_corpus
from nwbgate.errors import UsageError

#: Files of one kind share what a test of one file does not judge.
BESIDE = ["dandi", "nwb_files.file_is_named_for_its_session", "nwb_files.file_is_with_its_subject"]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus") / "faults"
    return folder, write_corpus(folder, sample=1, seed=3)


def judged(path):
    if not path.is_dir():
        return nwbgate.check([path], jobs=1, integrity=True)
    return nwbgate.check(manifest=path, spec="dataset_ii" if (path / "recordings.csv").exists() else None)


@pytest.mark.slow
def test_each_fault_gives_its_code_and_its_clean_counterpart_does_not(corpus):
    _, written = corpus
    for fault, path in written.planted:
        codes = {finding.code for finding in judged(path).records}
        clean = {finding.code for finding in judged(getattr(written.valid, fault.base)).records}
        assert fault.code in codes - clean, (fault.category, path)


def test_the_table_names_each_file_with_its_fault(corpus):
    folder, written = corpus
    with (folder / TABLE).open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["code"] for row in rows] == [fault.code for fault, _ in written.planted]
    assert all((folder / row["path"]).exists() and (folder / row["clean"]).exists() for row in rows)
    assert len({row["category"] for row in rows}) == len(rows) == 12


def test_the_folder_may_be_named_from_the_current_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("nwbgate.corpus.files.declared_faults", lambda: declared_faults()[-1:])
    written = write_corpus(Path("faults"))
    assert (tmp_path / "faults" / TABLE).exists()
    assert all(path.is_absolute() for _, path in written.planted)


def test_the_seed_chooses_the_sample():
    faults = declared_faults()
    one, same, other = (sample_faults(faults, 3, seed) for seed in (1, 1, 2))
    assert one == same != other
    assert sample_faults(faults, len(faults), 0) == faults
    assert max(sum(each.category == fault.category for each in one) for fault in one) == 3


def test_a_folder_that_is_not_empty_is_refused(tmp_path):
    (tmp_path / "mine").write_text("x")
    with pytest.raises(UsageError, match="not empty"):
        write_corpus(tmp_path, sample=1)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_the_command_writes_it_and_counts(tmp_path, capsys, monkeypatch):
    few = [fault for fault in declared_faults() if fault.category == "table of recordings"]
    monkeypatch.setattr("nwbgate.corpus.files.declared_faults", lambda: few)
    assert main(["sample", "faults", str(tmp_path / "corpus"), "--sample", "2"]) == 0
    assert "2 planted in" in capsys.readouterr().out
    assert main(["sample", "faults", str(tmp_path / "corpus")]) == 2
    assert "not empty" in capsys.readouterr().err
