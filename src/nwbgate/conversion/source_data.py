"""The ``source_data`` of a recipe: what a converter is built with, with words in braces for source and options."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from nwbgate.errors import RecipeError, nearest

#: Word that stands for the path of the source.
SOURCE = "source"


def check_words(template: Mapping[str, Any], options: Iterable[str], *, where: str, planned: bool) -> None:
    """Refuse an option that nothing takes, and a value that is a word nothing stands for: both would be dropped.

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
                f"nothing uses the option {name!r}",
                where=where,
                expected=f"'{{{name}}}' somewhere in source_data, or a planner that takes it",
                fix="use the option, or take it out of the recipe",
            )
    for word in _words(template):
        if word not in (SOURCE, *names):
            raise RecipeError(
                f"nothing stands for the word {{{word}}}",
                where=f"{where}: source_data",
                got=f"{{{word}}}",
                expected=" or ".join(f"{{{name}}}" for name in (SOURCE, *names)),
                fix=nearest(word, [SOURCE, *names]) or "name the source, or declare an option of this name",
            )


def filled(template: object, values: Mapping[str, Any]) -> object:
    """Return a template with its words in braces filled in; a value that is only such a word keeps its type."""
    if isinstance(template, Mapping):
        found = {key: filled(value, values) for key, value in template.items()}
        return {key: value for key, value in found.items() if value is not None}
    if isinstance(template, list):
        return [filled(each, values) for each in template]
    if not isinstance(template, str):
        return template
    if (word := _word(template)) is not None:
        return values.get(word)
    for name, value in values.items():
        template = template.replace(f"{{{name}}}", str(value))
    return template


def _words(template: object) -> Iterator[str]:
    """Give each word that is the whole of a value."""
    if isinstance(template, Mapping | list):
        for each in template.values() if isinstance(template, Mapping) else template:
            yield from _words(each)
    elif isinstance(template, str) and (word := _word(template)) is not None:
        yield word


def _word(text: str) -> str | None:
    return text[1:-1] if text.startswith("{") and text.endswith("}") and text[1:-1].isidentifier() else None
