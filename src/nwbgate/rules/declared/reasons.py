"""Reasons for each kind of declared rule: the harm that a violation does downstream."""

_MISSED = "Filters, joins and group-bys drop rows without {name} silently, and their data are never analysed."
_OUTLIER = "A number outside this range has the wrong unit or stands for a missing value; it distorts every mean."

#: Reason by kind of rule; ``{name}`` is the column.
REASONS = {
    "present": "Programs that read {name} stop, and no other rule can judge it.",
    "type": "One such cell turns the column into text: sums and comparisons fail or give wrong rows.",
    "required": _MISSED,
    "required_when": _MISSED,
    "null_when": "Rows with a value where none applies enter selections in which they do not belong.",
    "unique": "Joins on {name} repeat rows, and every count after them is too high.",
    "enum": "Filters on the documented values miss any other spelling silently.",
    "pattern": "Programs that take {name} apart stop, or take out the wrong part.",
    "minimum": _OUTLIER,
    "maximum": _OUTLIER,
    "corrected": "Analyses that select by {name} include rows that belong elsewhere.",
    "copied": "Selecting by one table gives other rows than selecting by the other.",
    "list_of": "Programs that follow the list miss rows, or look for rows that do not exist.",
    "count_of": "Analyses that select by {name} take or leave the wrong rows.",
    "derived": "Analyses that select by {name} put rows into the wrong group.",
}
#: Kinds whose question the column's own ``because`` answers.
OF_THE_VALUE = {"enum", "pattern", "minimum", "maximum", "corrected"}


def reason(kind: str, name: str, because: str) -> str:
    """Return the reason of a rule: the column's, or that of the kind."""
    return because if because and kind in OF_THE_VALUE else REASONS[kind].format(name=name)
