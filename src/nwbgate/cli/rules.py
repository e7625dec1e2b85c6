"""``nwbgate rules``: every rule explained, without loading what runs them."""

import click


@click.command()
@click.argument("code", required=False, metavar="[CODE|PREFIX]")
@click.option("--spec", metavar="NAME[@VERSION]|DIR", help="Only rules of this specification.  [default: all shipped]")
@click.option("--markdown", is_flag=True, help="As one page, with a data dictionary per table.")
def rules(code: str | None, spec: str | None, markdown: bool) -> None:
    """Explain rules: what each looks for, why it matters, an example, and what to do.

    CODE is the code of one rule, or what codes begin with; without it all are listed.
    """
    from nwbgate.check.codes import Codes
    from nwbgate.check.shipped import dictionaries, explained_codes
    from nwbgate.report.explain import as_list, as_markdown, as_text

    entries = explained_codes(spec)
    chosen = Codes([entry.code for entry in entries], [code] if code else [])
    shown = [entry for entry in entries if chosen.reports(entry.code)]
    if markdown:
        click.echo(as_markdown(shown, dictionaries(spec)), nl=False)
    elif code:
        click.echo(as_text(shown), nl=False)
    else:
        click.echo(as_list(shown), nl=False)
