"""``nwbgate rules``: every rule explained, without the libraries that run them."""

import sys
from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING

import click

from nwbgate.cli.options.single_options import OnceCommand

if TYPE_CHECKING:
    from nwbgate.findings.explained import Explained


@click.command(cls=OnceCommand)
@click.argument("code", required=False, metavar="[CODE|PREFIX]")
@click.option("--spec", metavar="NAME[@VERSION]|DIR", help="Only rules of this specification.  [default: all shipped]")
@click.option("--markdown", is_flag=True, help="As one page, with a data dictionary per table.")
@click.option("--all", "every", is_flag=True, help="List every code instead of the families, on a terminal too.")
def rules(code: str | None, spec: str | None, markdown: bool, every: bool) -> None:
    """Explain rules: purpose, reason, example and remedy.

    CODE is the code of one rule, or the beginning of several. Without it all are listed, one per line; on a terminal,
    their families.
    """
    from nwbgate.findings.codes import Codes
    from nwbgate.gate.shipped_codes import dictionaries, explained_codes
    from nwbgate.report.explain import as_list, as_markdown, as_text

    entries = explained_codes(spec)
    chosen = Codes([entry.code for entry in entries], [code] if code else [])
    shown = [entry for entry in entries if chosen.reports(entry.code)]
    if markdown:
        click.echo(as_markdown(shown, dictionaries(spec)), nl=False)
    elif code:
        click.echo(as_text(shown), nl=False)
    elif every or not (sys.stdout and sys.stdout.isatty()):  # a closed one is None
        click.echo(as_list(shown), nl=False)
    else:
        click.echo(_families(shown), nl=False)


def _families(entries: "Iterable[Explained]") -> str:
    """Return the number of rules per family, with a hint."""
    families = groupby(sorted(entry.code for entry in entries), key=lambda code: code.partition(".")[0])
    codes = {family: list(members) for family, members in families}
    width = max(map(len, codes), default=0)
    lines = [f"{family:{width}}  {len(members):>3}  {members[0]}, ...\n" for family, members in codes.items()]
    total = sum(map(len, codes.values()))
    return "".join(lines) + (
        f"\n{total} rules. nwbgate rules FAMILY explains a family, nwbgate rules CODE one rule;\nnwbgate "
        "rules --all lists every code.\n"
    )
