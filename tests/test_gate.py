"""What others paste into their CI works: the action, the hooks, and the page that shows them."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from pynwb import NWBHDF5IO, NWBFile
from pynwb.file import Subject

from support.places import VALID_MANIFEST

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
PAGE = (ROOT / "docs" / "gate.md").read_text()
SHOWN = [yaml.safe_load(block) for block in re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)]


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with one good file, and beside it one that is cut short."""
    nwbfile = NWBFile(
        session_description="a session of a test",
        identifier="one",
        session_start_time=datetime(2020, 1, 1, tzinfo=UTC),
        session_id="s1",
        experimenter=["Doe, Jane"],
        experiment_description="an experiment of a test",
        institution="an institution",
        keywords=["test"],
        subject=Subject(subject_id="m1", species="Mus musculus", sex="M", age="P90D", description="a mouse"),
    )
    good = tmp_path / "my files" / "sub-m1" / "sub-m1_ses-s1_ecephys.nwb"
    cut = tmp_path / "cut" / "sub-m1" / good.name
    for path in (good, cut):
        path.parent.mkdir(parents=True)
    with NWBHDF5IO(good, "w") as io:
        io.write(nwbfile)
    cut.write_bytes(good.read_bytes()[:1000])
    return tmp_path


def run(command: list[str], folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", **variables}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def run_action(folder: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run the step that checks as a runner does: each variable from its input, in `bash -e -o pipefail`."""
    step = ACTION["runs"]["steps"][-1]
    given = {name.replace("-", "_"): entry["default"] for name, entry in ACTION["inputs"].items()} | inputs
    variables = {
        name: given[re.fullmatch(r"\$\{\{ inputs\.([a-z-]+) \}\}", value)[1].replace("-", "_")]
        for name, value in step["env"].items()
    }
    return run(["bash", "-e", "-o", "pipefail", "-c", step["run"]], folder, **variables)


def test_the_action_passes_good_files_and_leaves_reports(files):
    done = run_action(files, paths="my files")
    assert done.returncode == 0, done.stdout + done.stderr
    assert sorted(path.name for path in (files / "nwbgate-reports").iterdir()) == [
        "nwbgate.html",
        "nwbgate.sarif",
        "nwbgate.xml",
    ]


def test_the_action_fails_on_a_finding_and_annotates_it(files):
    done = run_action(files, paths="my files\ncut\n", arguments="--integrity\n", reports="out")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "::error" in done.stdout
    assert "file.unreadable" in done.stdout + (files / "out" / "nwbgate.sarif").read_text()


def test_the_action_gives_every_input_to_the_command(files):
    assert run_action(files, paths="my files", fail_on="never").returncode == 2
    assert run_action(files, paths="my files", manifest="nowhere").returncode == 2
    assert run_action(files, paths="my files", spec="nothing").returncode == 2
    assert run_action(files, paths="my files", arguments="--no-such-option").returncode == 2


def test_nothing_in_an_input_is_run(files):
    run_action(files, paths='"; touch hacked; "\n$(touch hacked)', arguments="; touch hacked")
    assert not (files / "hacked").exists()


def test_no_input_is_pasted_into_a_script():
    assert all("${{" not in step.get("run", "") for step in ACTION["runs"]["steps"])


def test_the_action_installs_what_lies_beside_it():
    step = next(step for step in ACTION["runs"]["steps"] if step.get("name") == "Install nwbgate")
    assert '"$SOURCE"' in step["run"]
    assert (ROOT / "constraints.txt").exists()


def test_each_hook_runs_the_command_it_names(files):
    hooks = {hook["id"]: hook for hook in HOOKS}
    check = shlex.split(hooks["nwbgate"]["entry"])
    staged = [str(path) for path in files.rglob("*.nwb") if re.search(hooks["nwbgate"]["files"], path.name)]
    assert len(staged) == 2
    done = run([*check, "--no-inspector", *staged], files)
    assert (done.returncode, done.stdout.count("file.unreadable")) == (1, 1)
    manifest = shlex.split(hooks["nwbgate-manifest"]["entry"])
    assert run([*manifest, "nowhere"], files).returncode == 2
    assert hooks["nwbgate-manifest"]["pass_filenames"] is False


def test_the_page_names_the_action_by_the_folder_it_is_checked_out_to():
    steps = SHOWN[0]["jobs"]["gate"]["steps"]
    assert steps[0]["with"]["submodules"] is True
    (action,) = [step for step in steps if not step["uses"].startswith("actions/")]
    assert action["uses"] == "./nwbgate"
    assert action["with"].keys() <= ACTION["inputs"].keys()


def test_the_hooks_of_the_page_are_those_that_are_published():
    (repo,) = SHOWN[1]["repos"]
    published = {hook["id"]: hook for hook in HOOKS}
    assert {hook["id"] for hook in repo["hooks"]} == published.keys()
    for hook in repo["hooks"]:
        assert hook["entry"].startswith(published[hook["id"]]["entry"])
        for key in ("files", "require_serial", "pass_filenames"):
            assert hook.get(key) == published[hook["id"]].get(key)


def test_pre_commit_runs_the_hooks_of_the_page(files):
    if not (BIN / "pre-commit").exists():
        pytest.skip("pre-commit is not installed")
    (files / ".pre-commit-config.yaml").write_text(yaml.safe_dump(SHOWN[1]))
    shutil.copytree(VALID_MANIFEST, files / "tables")
    table = files / "tables" / "ophys_session_table.csv"
    for command in ("init -q .", "add tables .pre-commit-config.yaml"):
        assert run(["git", *command.split()], files).returncode == 0
    command = ["pre-commit", "run", "--all-files", "--verbose"]
    good = run(command, files, PRE_COMMIT_HOME=str(files / "home"))
    assert good.returncode == 0, good.stdout + good.stderr
    assert "PASSED: no findings in 4 tables" in good.stdout
    table.write_text(table.read_text().replace(",F,", ",M,", 1))
    bad = run(command, files, PRE_COMMIT_HOME=str(files / "home"))
    assert bad.returncode == 1
    assert "error: ophys_sessions.sex.copied" in bad.stdout


def test_pre_commit_can_read_the_published_hooks():
    if not (BIN / "pre-commit").exists():
        pytest.skip("pre-commit is not installed")
    assert run(["pre-commit", "validate-manifest", ".pre-commit-hooks.yaml"], ROOT).returncode == 0
