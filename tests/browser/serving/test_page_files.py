"""The page is small, whole, and one script where modules cannot be loaded."""

import re

import pytest

from nwbgate.browser.serving.page_files import bundle, page_file, page_names, page_text

MODULES = sorted(name for name in page_names() if name.endswith(".js"))
DECLARED = re.compile(r"^(?:export )?(?:async )?(?:function|class|const|let) ([A-Za-z_]\w*)", re.MULTILINE)
IMPORTED = re.compile(r'^import \{ ([^}]*) \} from "\./(\w+\.js)";$', re.MULTILINE)


def test_the_page_is_at_most_150_kb():
    assert sum(len(page_file(name)) for name in page_names()) <= 150_000


def test_no_two_modules_declare_the_same_name():
    names = [name for module in MODULES for name in DECLARED.findall(page_text(module))]
    assert len(names) == len(set(names)), sorted(name for name in names if names.count(name) > 1)


@pytest.mark.parametrize("module", MODULES)
def test_every_import_is_an_export_of_the_module_it_names(module):
    text = page_text(module)
    assert len(re.findall(r"^import ", text, re.MULTILINE)) == len(IMPORTED.findall(text))
    for names, source in IMPORTED.findall(text):
        exports = set(re.findall(r"^export (?:async )?(?:function|class|const) (\w+)", page_text(source), re.MULTILINE))
        assert {name.strip() for name in names.split(",")} <= exports
        assert all(len(re.findall(rf"\b{name.strip()}\b", text)) > 1 for name in names.split(","))


def test_the_bundle_holds_every_module_once_and_no_import():
    whole = bundle()
    assert not re.search(r"^(import|export) ", whole, re.MULTILINE)
    for module in set(MODULES) - {"live.js", "chunks.js"}:  # which only pages with modules need
        first = DECLARED.search(page_text(module))[1]
        assert len(re.findall(rf"^(?:async )?(?:function|class|const|let) {first}\b", whole, re.MULTILINE)) == 1


@pytest.mark.parametrize("module", MODULES)
def test_texts_are_never_put_in_as_html(module):
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", page_text(module)
    )


def test_no_other_host_is_named():
    for name in page_names():
        assert re.findall(r"https?://[\w.]+", page_text(name)) in ([], ["http://www.w3.org"]), name


@pytest.mark.parametrize("name", ["../server.py", "app.js.map", "", ".", "/etc/passwd", "APP.JS"])
def test_only_files_of_the_page_are_given(name):
    assert page_file(name) is None
