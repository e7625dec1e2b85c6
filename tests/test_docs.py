"""Every example in the README and the documentation runs, in order, in a folder of its page with `tests/` linked in.

- ```` ```console ````: lines that begin with `$ ` are run by bash; the lines that follow must be the output. In them,
  `...` stands for anything, all durations and speeds are equal, and so are runs of blanks. A command must succeed,
  unless the block shows its exit code by `$ echo $?`. `make` targets are only looked up.
- ```` ```python ````: run in one namespace per page.
- Other fences are not run; they may only be of the kinds named here.
"""

import doctest
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
#: Pages whose commands together take longer than a test should.
SLOW = {
    "README.md", "browse.md", "cookbook.md", "dandi.md", "diff.md", "errors.md", "gate.md", "getting_started.md",
    "own_dataset.md", "projects.md", "qc.md", "reading.md", "rig.md",
}  # fmt: skip
NOT_RUN = {"text", "yaml", "toml", "{include}", "{toctree}", "{literalinclude}", "{eval-rst}", "{image}", "{note}"}
FENCE = re.compile(r"^```+(\S+)[^\n]*\n(.*?)^```+$", re.MULTILINE | re.DOTALL)
DURATION = re.compile(r"\d+(\.\d+)? (s|MB/s|sessions/s)\b")
SAME = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def _marked(page: Path):
    return pytest.param(page, id=page.name, marks=[pytest.mark.slow] if page.name in SLOW else [])


@dataclass(frozen=True)
class Block:
    kind: str
    text: str
    line: int


def blocks(page: Path) -> list[Block]:
    text = page.read_text()
    return [Block(match[1], match[2], text[: match.start()].count("\n") + 2) for match in FENCE.finditer(text)]


def commands(block: Block) -> list[tuple[str, str]]:
    """Command and expected output of a console block; a command goes on where its line ends in a backslash."""
    parts = re.split(r"^\$ ", block.text.replace("\\\n", " "), flags=re.MULTILINE)
    assert not parts[0].strip(), f"line {block.line}: a console block begins with a command"
    return [(command, wanted) for command, _, wanted in (part.partition("\n") for part in parts[1:])]


def run(command: str, folder: Path) -> tuple[str, int]:
    """Output and exit code of a shown command."""
    if command.startswith("make "):
        subprocess.run(["make", "-n", *command.split()[1:]], cwd=ROOT, check=True, capture_output=True)
        return "", 0
    result = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env={**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "COLUMNS": "120"},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    return result.stdout, result.returncode


def run_console(block: Block, folder: Path) -> None:
    """Run the commands of a block and hold what they print to what is shown."""
    shown, code = commands(block), 0
    for command, wanted in shown:
        asked = command == "echo $?"
        got, code = (f"{code}\n", 0) if asked else run(command, folder)
        answered = code == 0 or ("echo $?", f"{code}\n") in shown
        assert answered, f"line {block.line}: {command}\nexit code {code}\n{got}"
        plain = [DURATION.sub(r"# \2", text) for text in (wanted, got)]
        same = not wanted.strip() or doctest.OutputChecker().check_output(*plain, SAME)
        assert same, f"line {block.line}: {command}\n--- shown\n{wanted}\n--- got\n{got}"


@pytest.mark.parametrize("page", [_marked(page) for page in PAGES])
def test_every_example_of_the_page_runs(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("tests", "conversions"):
        (tmp_path / name).symlink_to(ROOT / name)
    namespace = {"__name__": "__main__"}
    for block in blocks(page):
        if block.kind == "console":
            run_console(block, tmp_path)
        elif block.kind == "python":
            exec(compile("\n" * (block.line - 1) + block.text, str(page), "exec"), namespace)
        else:
            assert block.kind in NOT_RUN, f"{page.name}:{block.line}: examples of kind {block.kind} are not run"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_fence_names_its_kind(page):
    """One that does not is no block here, and would be shown without being run."""
    opening = [line for line in page.read_text().splitlines() if line.startswith("```")][::2]
    assert [line for line in opening if not line.strip("`")] == []


def console(text: str) -> Block:
    return Block("console", text, 1)


def test_shown_output_must_be_what_is_printed(tmp_path):
    run_console(console("$ echo one; echo two\none\n...\n"), tmp_path)
    with pytest.raises(AssertionError, match="--- shown"):
        run_console(console("$ echo one\ntwo\n"), tmp_path)


def test_a_failing_command_must_show_its_exit_code(tmp_path):
    run_console(console("$ exit 3\n$ echo $?\n3\n"), tmp_path)
    for shown in ("$ exit 3\n", "$ exit 3\n$ echo $?\n2\n"):
        with pytest.raises(AssertionError, match="exit code 3"):
            run_console(console(shown), tmp_path)


def test_a_make_target_must_exist(tmp_path):
    run_console(console("$ make demo\n"), tmp_path)
    with pytest.raises(subprocess.CalledProcessError):
        run_console(console("$ make coffee\n"), tmp_path)


def test_the_readme_begins_with_the_two_commands():
    readme = (ROOT / "README.md").read_text()
    assert readme.index("make demo") < readme.index("make test") < 1000


def test_every_shipped_recipe_is_on_the_page_of_datasets():
    page = (ROOT / "docs" / "datasets.md").read_text()
    recipes = [path.parent.name for path in (ROOT / "conversions").glob("*/conversion.yaml")]
    assert recipes
    assert [name for name in recipes if f"../conversions/{name}/README.md" not in page] == []


def test_the_picture_shows_what_is_written_now(tmp_path):
    sys.path.insert(0, str(ROOT / "docs"))
    try:
        from make_picture import PICTURE, converted, picture
    finally:
        sys.path.remove(str(ROOT / "docs"))
    texts = [re.findall(r"<text[^>]*>(.*)</text>", svg) for svg in (PICTURE.read_text(), picture(converted(tmp_path)))]
    assert texts[0] == texts[1]


def test_the_readme_shows_small_pictures_that_a_script_made():
    shown = re.findall(r"\]\((docs/_static/(\w+)\.png)\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    script = (ROOT / "docs" / "make_screenshots.py").read_text(encoding="utf-8")
    made = set(re.search(r"PICTURES, MOST = \(([^)]*)\)", script)[1].replace('"', "").replace(",", " ").split())
    assert {name for _, name in shown} == made | {"browse_session"}
    assert all(10_000 < (ROOT / path).stat().st_size < 150_000 for path, _ in shown)
