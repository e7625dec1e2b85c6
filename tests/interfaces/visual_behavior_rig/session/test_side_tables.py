"""Tables beside the sources: projects and novel images by session."""

import pytest

from nwbgate.errors import TableError
from nwbgate.interfaces.visual_behavior_rig.session.side_tables import read_novel_images, read_projects


def test_projects_and_novel_images_by_session(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("behavior_session_id,project_code,novel_images\n1,VisualBehavior,im065; im077\n2,,\n")
    assert read_projects(path) == {1: "VisualBehavior"}
    assert read_novel_images(path) == {1: ["im065", "im077"], 2: []}


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("behavior_session_id\n1\n", "no column project_code"),
        ("project_code\n1\n", "no column behavior_session_id"),
        ("behavior_session_id,project_code\n1,A\n1,B\n", r"(?s)a session is named twice.*line 3"),
        ("behavior_session_id,project_code\nx,A\n", "an id is not a number"),
        ("", "no header|empty|not a CSV|cannot be read|no columns"),
    ],
)
def test_unsound_tables_are_refused(tmp_path, text, what):
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(TableError, match=what):
        read_projects(tmp_path / "a.csv")
