"""Docstrings, messages, schemas and documentation are plain English: short, without translated phrases."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from nwbgate.gate.shipped_codes import explained_codes

ROOT = Path(__file__).parents[1]

#: Phrases that a native speaker would not use, and what to write in their place.
BANNED = {
    r"\bmend(s|ed|ing)?\b": "correct",
    r"\banew\b": "again",
    r"\b(held|holds?) (\w+ ){0,3}against\b": "compared with, validated against",
    r"\blets? (\w+ ){1,3}pass\b": "accept, publish",
    r"\bsaid by\b": "in, from",
    r"\bof no use without\b": "required",
    r"\bmust take for\b": "name what would go wrong",
    r"\bnobody\b": "name who or what lacks it",
    r"\bwithout a word\b": "silently",
    r"\bis in the way\b": "exists",
    r"(?<![Tt]here )\b(is|are|was|were) no (?!longer|more|less|fewer|later)\w+": "is not a",
    r"\bsay(s)? of (itself|themselves)\b": "facts in",
}
ANY_BANNED = re.compile("|".join(BANNED))
#: First words that make a clause of what should be a noun phrase or an imperative.
CLAUSE = re.compile(r"(What|Which|Who|Whom|Whoever|How|That|Where|Why)\b")
#: Words that the title of a rule may have; twelve is the aim.
LONGEST = 24

#: Words from which on a first line is long.
LONG = 15
#: Functions still named by a participle alone; none may be added. Properties may be: `plan.sent`.
PARTICIPLES = {"aligned", "copied", "corrected", "derived", "lost", "opened", "required"}
PARTICIPLE = re.compile(
    "[a-z]+ed|said|told|given|found|kept|made|written|shown|taken|held|lost|met|meant|left|known|drawn|seen|sent|got"
)
#: Words that end like a participle.
NO_PARTICIPLES = {"need", "feed", "speed", "seed", "shed"}


@cache
def tree_of(path: Path) -> ast.Module:
    """Return the syntax of a file, parsed once for all tests."""
    return ast.parse(path.read_text())


def first_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line number and first line of each docstring."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and (text := ast.get_docstring(node)):
            yield getattr(node, "lineno", 1), text.splitlines()[0]


def messages(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line number and text of each string of several words, docstrings left out."""
    tree = tree_of(path)
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in docstrings and str(node.value).count(" ") > 1:
            yield node.lineno, str(node.value)


def prose(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines of a page outside its code blocks, or all lines of a YAML file."""
    code = False
    for number, line in enumerate(path.read_text().splitlines(), 1):
        code ^= line.startswith("```")
        if not code:
            yield number, line


SOURCES = sorted((ROOT / "src").rglob("*.py"))
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
#: Folders of pages that the build of the documentation writes.
BUILT = {"generated", "rules"}
SCHEMAS = sorted((ROOT / "schemas").rglob("*.yaml"))


def banned_in(path: Path) -> list[str]:
    lines = [*first_lines(path), *messages(path)] if path.suffix == ".py" else list(prose(path))
    place = path.relative_to(ROOT)
    return [
        f"{place}:{number}: {found.group()!r} in {line.strip()!r}; write: {better}"
        for number, line in lines
        if ANY_BANNED.search(line)
        for pattern, better in BANNED.items()
        if (found := re.search(pattern, line))
    ]


@pytest.mark.parametrize(
    "files",
    [SOURCES, SCHEMAS, [page for page in PAGES if not BUILT & {*page.relative_to(ROOT).parts}]],
    ids=["src", "schemas", "docs"],
)
def test_no_text_has_a_banned_phrase(files):
    assert files
    assert [problem for path in files for problem in banned_in(path)] == []


def test_no_explanation_of_a_code_has_a_banned_phrase():
    explanations = {entry.code: f"{entry.title} {entry.why} {entry.example} {entry.fix}" for entry in explained_codes()}
    assert explanations
    assert [(code, word) for code, text in explanations.items() for word in BANNED if re.search(word, text)] == []


def test_first_lines_are_noun_phrases_or_imperatives():
    clauses = [
        f"{path.relative_to(ROOT)}:{line}: {text}"
        for path in SOURCES
        for line, text in first_lines(path)
        if CLAUSE.match(text)
    ]
    assert clauses == []


def test_titles_of_rules_are_short():
    long = [
        f"{path.relative_to(ROOT)}:{line}: {text}"
        for path in SOURCES
        for line, text in first_lines(path)
        if len(text.split()) > LONGEST
    ]
    assert long == []


def is_rule(node: ast.AST) -> bool:
    """Return whether a function is a rule, whose first line is its title."""
    return any("check(" in ast.unparse(decorator) for decorator in getattr(node, "decorator_list", []))


def test_first_lines_are_short():
    long = [
        f"{path.relative_to(ROOT)}: {line}"
        for path in SOURCES
        for node in ast.walk(tree_of(path))
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and not is_rule(node)
        if len((line := (ast.get_docstring(node) or " ").splitlines()[0]).split()) >= LONG
    ]
    assert long == []


def is_property(node: ast.FunctionDef) -> bool:
    """Return whether a function is read as an attribute."""
    return any("property" in ast.unparse(decorator) for decorator in node.decorator_list)


def test_functions_are_not_named_by_participles():
    named = {
        f"{path.relative_to(ROOT)}: {node.name}"
        for path in SOURCES
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef) and not is_property(node)
        if PARTICIPLE.fullmatch(node.name.strip("_")) and node.name.strip("_") not in NO_PARTICIPLES
        if node.name not in PARTICIPLES
    }
    assert named == set()


@pytest.mark.parametrize(
    "text", ["mend the line named", "this is no project", "sources held against checksums", "let nothing unsound pass"]
)
def test_a_banned_phrase_is_found(text):
    assert any(re.search(pattern, text) for pattern in BANNED)


def test_there_is_no_is_allowed():
    assert not any(re.search(pattern, "there is no file; it is no longer here") for pattern in BANNED)
