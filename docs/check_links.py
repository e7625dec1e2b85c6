"""Check that every link between the built pages leads to a file and an anchor in it; run by `make docs`."""

import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

#: Elements and their attribute that leads to another file.
LINKS = {"a": "href", "link": "href", "img": "src", "script": "src", "iframe": "src", "source": "src"}


class Page(HTMLParser):
    """The anchors of a page, and the addresses that it names."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.addresses: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep ids and addresses of an element."""
        given = dict(attrs)
        self.anchors.update(value for value in (given.get("id"), given.get("name")) if value)
        address = given.get(LINKS.get(tag, ""))
        if address:
            self.addresses.append(address)


def broken_links(root: Path) -> Iterator[str]:
    """Yield one line per link within the folder that leads nowhere."""
    pages = {path.resolve(): Page(path) for path in sorted(root.rglob("*.html")) if "_static" not in path.parts}
    for path, page in pages.items():
        for address in dict.fromkeys(page.addresses):
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            anchor = unquote(parts.fragment)
            if not target.is_file():
                yield f"{path.relative_to(root.resolve())}: no file for {address}"
            elif anchor and target in pages and anchor not in pages[target].anchors:
                yield f"{path.relative_to(root.resolve())}: no anchor for {address}"


def main(folder: str) -> int:
    """Print the broken links of a folder, and return 1 if there are any."""
    broken = list(broken_links(Path(folder)))
    print("\n".join(broken[:50]) or f"every internal link of {folder} leads somewhere")
    return bool(broken)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
