"""Write what the pages take from elsewhere: the root's documents, the command line's help, the API's modules."""

import re
from pathlib import Path

import click
from click.testing import CliRunner

import nwbgate
from nwbgate.cli import GlobalOptions, cli
from nwbgate.conversion.recipes.recipe import shipped_recipes
from nwbgate.findings.explained import Explained
from nwbgate.gate.shipped_codes import dictionaries, explained_codes
from nwbgate.report.explain import as_markdown
from nwbgate.samples import SAMPLES

SOURCE = Path(nwbgate.__file__).parent
#: Packages of the API reference; the command line has a page of its own.
ROOMS = sorted({path.parent.name for path in SOURCE.glob("*/__init__.py")} - {"cli"})
#: Document of the root -> the page that shows it.
PAGES = {
    "README.md": "index.md",
    "DESIGN.md": "design.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
}
LICENCE = "https://opensource.org/license/bsd-3-clause"


def write_root_documents(root: Path, folder: Path) -> None:
    """Copy the documents of the root, with their links turned to the pages that show them."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in PAGES:
        text = (root / name).read_text().replace("](LICENSE)", f"]({LICENCE})")
        for document, page in PAGES.items():
            text = text.replace(f"]({document})", f"]({page})")
        (folder / name).write_text(re.sub(r"\]\(docs/", "](", text))


def write_command_line(path: Path) -> None:
    """Write one section per verb, sample and recipe, with the text that `--help` prints."""
    verbs = [[verb] for verb in cli.list_commands(click.Context(cli))]
    samples = [["sample", name] for name in SAMPLES]
    recipes = [["convert", name.replace("_", "-")] for name in shipped_recipes()]
    sections = [f"## {' '.join(words)}\n\n```text\n{_help(words)}```\n" for words in sorted(verbs + samples + recipes)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(sections))


def write_rule_pages(folder: Path) -> None:
    """Write one page per family of rules, with the data dictionary of its table, and their list."""
    folder.mkdir(parents=True, exist_ok=True)
    described = dictionaries()
    families: dict[str, list[Explained]] = {}
    for entry in explained_codes():
        families.setdefault(entry.code.partition(".")[0], []).append(entry)
    for family, entries in families.items():
        (folder / f"{family}.md").write_text(as_markdown(entries, described))
    listed = "".join(f"- [{family}]({family}.md): {len(entries)} rules\n" for family, entries in families.items())
    pages = "\n".join(families)
    (folder / "index.md").write_text(
        "# Rules\n\nEach finding has a code; `nwbgate rules CODE` explains it at the shell. An error closes the gate; a"
        f" warning is reported.\n\n{listed}\n```{{toctree}}\n:hidden:\n\n{pages}\n```\n"
    )


def _help(words: list[str]) -> str:
    result = CliRunner().invoke(cli, [*words, "--help"], prog_name="nwbgate", obj=GlobalOptions(), terminal_width=100)
    assert result.exit_code == 0, result.output
    return result.output


def write_api_pages(folder: Path) -> None:
    """Write one page per package, with every module that has public names."""
    folder.mkdir(parents=True, exist_ok=True)
    for room in ROOMS:
        (folder / f"{room}.md").write_text(_page(room))


def _page(room: str) -> str:
    """Return the page of a package: its own names, if it defines any, then each module that it holds."""
    package = f"nwbgate.{room}"
    members = "   :members:\n" if _defines_names(SOURCE / room / "__init__.py") else "   :no-members:\n"
    sections = [f"# {package}\n\n```{{eval-rst}}\n.. automodule:: {package}\n{members}```\n"]
    for path in sorted((SOURCE / room).rglob("*.py")):
        module = ".".join(["nwbgate", *path.relative_to(SOURCE).with_suffix("").parts])
        if path.name != "__init__.py":
            sections.append(f"## {module}\n\n```{{eval-rst}}\n.. automodule:: {module}\n   :members:\n```\n")
    return "\n".join(sections)


def _defines_names(path: Path) -> bool:
    """Whether a package's own file defines functions or classes, rather than only naming those of its modules."""
    return any(line.startswith(("def ", "class ")) for line in path.read_text().splitlines())
