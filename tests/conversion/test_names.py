"""Names of output files: the template filled, and what DANDI refuses refused."""

from pathlib import Path

import pytest

from nwbgate.conversion.names import check_template, output_path, refuse_look_alike
from nwbgate.errors import RecipeError, SourceError

TEMPLATE = "sub-{subject_id}/sub-{subject_id}_ses-{session_id}_ecephys.nwb"


def test_the_template_is_filled():
    path = output_path(Path("out"), TEMPLATE, subject_id="rat-7", session_id="s+1")
    assert path == Path("out/sub-rat-7/sub-rat-7_ses-s+1_ecephys.nwb")


@pytest.mark.parametrize("bad", ["", "a b", "a_b", "../up", "a.b", "a:b", "a\nb", "a?b"])
def test_ids_that_dandi_refuses_are_refused(bad):
    with pytest.raises(SourceError, match="session_id") as refused:
        output_path(Path("out"), TEMPLATE, subject_id="rat7", session_id=bad)
    assert refused.value.got == repr(bad)
    with pytest.raises(SourceError, match="subject_id"):
        output_path(Path("out"), TEMPLATE, subject_id=bad, session_id="s1")


def test_an_id_that_the_template_does_not_use_does_not_matter():
    assert output_path(Path("out"), "{session_id}.nwb", subject_id="", session_id="s1") == Path("out/s1.nwb")


@pytest.mark.parametrize(
    ("template", "named"),
    [
        ("{animal}.nwb", "{animal}"),
        ("{session_id}{}.nwb", "{}"),
        ("{session_id.nwb", "{"),
        ("{session_id!r:x}.nwb", "{session_id!r:x}"),
        ("/data/{session_id}.nwb", "/"),
        ("a/../../{session_id}.nwb", ".."),
        ("C:/data/{session_id}.nwb", "C:"),
        ("aux/{session_id}.nwb", "aux"),
        ("nul.nwb", "nul.nwb"),
        ("a\\{session_id}.nwb", "a\\{session_id}.nwb"),
        ("data./{session_id}.nwb", "data."),
    ],
)
def test_a_wrong_template_is_a_recipe_error(template, named):
    with pytest.raises(RecipeError) as refused:
        check_template(template, where="conversion.yaml")
    assert refused.value.got.startswith(named)
    assert refused.value.where == "conversion.yaml"


def test_a_good_template_passes():
    check_template(TEMPLATE)


@pytest.mark.parametrize("character", ["\0", "\x07", "\u200b", "\ufeff", "\u00ad"])
def test_a_character_that_cannot_be_seen_is_refused_in_an_id(character, tmp_path):
    with pytest.raises(SourceError) as refused:
        output_path(tmp_path, "{subject_id}.nwb", subject_id=f"m{character}1", session_id="s")
    assert refused.value.got == repr(f"m{character}1")


@pytest.mark.parametrize("session", ["CON", "nul", "Com1"])
def test_an_id_that_makes_a_name_of_windows_is_refused(session):
    with pytest.raises(SourceError, match="Windows"):
        output_path(Path("out"), "{session_id}.nwb", subject_id="", session_id=session)
    assert output_path(Path("out"), TEMPLATE, subject_id="m1", session_id=session)


def test_a_name_of_more_than_255_bytes_is_refused():
    assert output_path(Path("out"), "{session_id}.nwb", subject_id="", session_id="s" * 251)
    with pytest.raises(SourceError, match="256 bytes"):
        output_path(Path("out"), "{session_id}.nwb", subject_id="", session_id="s" * 252)


def test_another_spelling_of_a_file_that_is_there_is_refused(tmp_path):
    (tmp_path / "sub-M1").mkdir()
    refuse_look_alike(tmp_path / "sub-M1" / "s.nwb", tmp_path)
    with pytest.raises(SourceError, match="another spelling") as refused:
        refuse_look_alike(tmp_path / "sub-m1" / "s.nwb", tmp_path)
    assert refused.value.got == str(tmp_path / "sub-M1")
