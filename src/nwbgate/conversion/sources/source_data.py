"""The ``source_data`` of a recipe, with words in braces for source and options."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from nwbgate.errors import RecipeError, nearest

#: Word that stands for the path of the source.
SOURCE = "source"


def check_words(template: Mapping[str, Any], options: Iterable[str], *, where: str, planned: bool) -> None:
    """Reject unused options and undefined words, which would be dropped silently.

    Parameters
    ----------
    template : mapping
        The recipe's ``source_data``.
    options : iterable of str
        Names of the recipe's options.
    where : str
        The recipe, for the error.
    planned : bool
        A planner takes the options, and fills the template itself or has none.

    Raises
    ------
    RecipeError
        Naming the option, or the word with the one that was probably meant.
    """
    if planned:
        return
    names = list(options)
    for name in names:
        if f"{{{name}}}" not in repr(template):
            raise RecipeError(
                f"the option {name!r} is not used",
                where=where,
                expected=f"'{{{name}}}' somewhere in source_data, or a planner that takes it",
                fix="use the option, or remove it from the recipe",
            )
    for word in _words(template):
        if word not in (SOURCE, *names):
            raise RecipeError(
                f"the word {{{word}}} is undefined",
                where=f"{where}: source_data",
                got=f"{{{word}}}",
                expected=" or ".join(f"{{{name}}}" for name in (SOURCE, *names)),
                fix=nearest(word, [SOURCE, *names]) or "name the source, or declare an option of this name",
            )


def fill_template(template: object, values: Mapping[str, Any]) -> object:
    """Fill in a template; a value of a single word keeps its type."""
    if isinstance(template, Mapping):
        found = {key: fill_template(value, values) for key, value in template.items()}
        return {key: value for key, value in found.items() if value is not None}
    if isinstance(template, list):
        return [fill_template(each, values) for each in template]
    if not isinstance(template, str):
        return template
    if (word := _word(template)) is not None:
        return values.get(word)
    for name, value in values.items():
        template = template.replace(f"{{{name}}}", str(value))
    return template


def _words(template: object) -> Iterator[str]:
    """Yield each word that is a whole value."""
    if isinstance(template, Mapping | list):
        for each in template.values() if isinstance(template, Mapping) else template:
            yield from _words(each)
    elif isinstance(template, str) and (word := _word(template)) is not None:
        yield word


def _word(text: str) -> str | None:
    return text[1:-1] if text.startswith("{") and text.endswith("}") and text[1:-1].isidentifier() else None
