"""Write what the pages take from elsewhere: the root's documents, the command line's help, the API's modules."""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click

import nwbgate

SOURCE = Path(nwbgate.__file__).parent
#: Packages of the API reference, in reading order.
ROOMS = (
    "conversion",
    "interfaces",
    "writing",
    "check",
    "rules",
    "manifest",
    "reading",
    "report",
    "samples",
)
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
    """Write one section per verb, with the help text that `--help` prints."""
    path.parent.mkdir(parents=True, exist_ok=True)
    main = import_module("nwbgate.cli").main
    sections = [
        f"## {' '.join(names[1:])}\n\n```text\n{text}\n```\n" for names, text in _helps(main, ["nwbgate"]) if names[1:]
    ]
    path.write_text("\n".join(sections))


def _helps(command: click.Command, names: list[str]) -> Iterator[tuple[list[str], str]]:
    """Yield the name and the help text of a command and of all its subcommands."""
    context = click.Context(command, info_name=" ".join(names), max_content_width=100, terminal_width=100)
    yield names, command.get_help(context)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            subcommand = command.get_command(context, name)
            assert subcommand is not None
            yield from _helps(subcommand, [*names, name])


def write_api_pages(folder: Path) -> None:
    """Write one page per package, with every module that has public names."""
    folder.mkdir(parents=True, exist_ok=True)
    for room in ROOMS:
        (folder / f"{room}.md").write_text(_page(room))


def _page(room: str) -> str:
    package = import_module(f"nwbgate.{room}")
    sections = [f"# nwbgate.{room}\n\n{package.__doc__}\n"]
    for path in sorted((SOURCE / room).rglob("*.py")):
        module = ".".join(["nwbgate", *path.relative_to(SOURCE).with_suffix("").parts])
        if path.name != "__init__.py":
            sections.append(f"## {module}\n\n```{{eval-rst}}\n.. automodule:: {module}\n   :members:\n```\n")
        elif _defines_names(path):
            name = module.removesuffix(".__init__")
            sections.append(f"## {name}\n\n```{{eval-rst}}\n.. automodule:: {name}\n   :members:\n```\n")
    return "\n".join(sections)


def _defines_names(path: Path) -> bool:
    """Whether a package's own file defines functions or classes, rather than only naming those of its modules."""
    return any(line.startswith(("def ", "class ")) for line in path.read_text().splitlines())
