"""Options that a recipe declares, as options of the verb that reads it."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nwbgate.cli.options.single_options import OnceCommand
from nwbgate.errors import NwbgateError, RecipeError

if TYPE_CHECKING:
    from nwbgate.conversion.recipes.recipe import Recipe
    from nwbgate.conversion.recipes.recipe_options import Option

#: Where the recipe's own parameters are kept while a command line is parsed.
_OWN = "nwbgate.recipe_parameters"
#: Options of every recipe that a recipe may declare itself, with a meaning and a text of its own.
_SHARED = {"timezone", "sessions"}


class RecipeCommand(OnceCommand):
    """A command whose options depend on its first argument, the recipe."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments after adding the recipe's options."""
        name = _first_argument(self, args)
        if name is not None:
            ctx.meta[_OWN] = self._own_parameters(ctx, name, quiet=bool({"-h", "--help"} & set(args)))
        return super().parse_args(ctx, args)

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Return the parameters, those of the recipe included once it is known."""
        own = ctx.meta.get(_OWN, [])
        names = {parameter.name for parameter in own}
        return [*(each for each in super().get_params(ctx) if each.name not in names), *own]

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help text, with the shipped recipes."""
        super().format_help_text(ctx, formatter)
        from nwbgate.conversion.recipes.recipe import load_recipe, shipped_recipes

        with formatter.section("Shipped recipes"):
            formatter.write_dl(
                [(name.replace("_", "-"), load_recipe(path).title) for name, path in shipped_recipes().items()]
            )

    def _own_parameters(self, ctx: click.Context, name: str, *, quiet: bool) -> list[click.Parameter]:
        from nwbgate.conversion.recipes.recipe import load_recipe

        try:
            recipe = load_recipe(name)
        except NwbgateError:
            if quiet:  # help is given whatever else is on the line
                return []
            raise
        taken = {parameter.name for parameter in super().get_params(ctx) if parameter.name} - _SHARED
        return [_parameter(recipe, option, about, taken) for option, about in recipe.options.items()]


def _first_argument(command: click.Command, args: list[str]) -> str | None:
    """Return the first argument that is neither an option nor an option's value."""
    takes_value = {
        spelling
        for parameter in command.params
        if isinstance(parameter, click.Option) and not parameter.is_flag
        for spelling in parameter.opts
    }
    remaining = iter(args)
    for arg in remaining:
        if arg in takes_value:
            next(remaining, None)
        elif not arg.startswith("-"):
            return arg
    return None


def _parameter(recipe: "Recipe", name: str, about: "Option", taken: set[str]) -> click.Option:
    """Return a recipe's option as a click parameter."""
    if name in taken or not name.isidentifier():
        raise RecipeError(
            f"the recipe option {name!r} cannot be a command-line option",
            where=str(recipe.path),
            expected=f"a Python identifier other than {', '.join(sorted(taken))}",
            fix="rename the option in the recipe",
        )
    return click.Option(
        ["--" + name.replace("_", "-"), name],
        type=_type(about),
        is_flag=about.type == "boolean",
        default=about.default,
        show_default=about.default is not None,
        metavar="FILE" if about.format == "file-path" else "DIR" if about.format else None,
        help=f"{about.description}  [{recipe.name.replace('_', '-')}]",
    )


def _type(about: "Option") -> click.ParamType[Any]:
    if about.enum is not None:
        return click.Choice(about.enum)
    if about.format:
        return click.Path(path_type=Path)
    return {"string": click.STRING, "number": click.FLOAT, "integer": click.INT, "boolean": click.BOOL}[about.type]


def names_of_own(context: click.Context) -> set[str | None]:
    """Return the names of the parameters that the recipe declares."""
    return {parameter.name for parameter in context.meta.get(_OWN, ())}
