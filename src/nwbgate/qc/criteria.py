"""Quality criteria, as read by `nwbgate.qc.criteria_files`.

A criterion says which measured number is judged, where its limits lie, why, and who says so. Nothing heavy is imported
here, so that criteria can be listed and explained without loading pandas.
"""

import math
from enum import StrEnum
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from nwbgate.manifest.specification.declaration import Declaration

#: First part of the code of each criterion, as ``nwbgate rules`` lists it.
PREFIX = "qc."
#: What a criterion can be about: imaging in a plane, electrophysiology, behavior, videos of eye and body.
Modality = Literal["pophys", "ecephys", "behavior", "behavior-videos"]
_NAME = r"^[a-z][a-z0-9_]*$"


class Status(StrEnum):
    """Outcome of a criterion; only `PASS` is a pass.

    `NOT_APPLICABLE` is about what the file does not have, and stands in no way of a pass of the others.
    """

    PASS = "Pass"  # noqa: S105  no password
    FAIL = "Fail"
    WARNING = "Warning"
    NOT_MEASURED = "Not measured"
    NOT_APPLICABLE = "Not applicable"


class Limits(Declaration):
    """Range of allowed values, ends included.

    Parameters
    ----------
    minimum, maximum : float, optional
        In the unit of the metric; one of them at least.
    """

    minimum: float | None = Field(default=None, allow_inf_nan=False)
    maximum: float | None = Field(default=None, allow_inf_nan=False)

    @field_validator("minimum", "maximum", mode="before")
    @classmethod
    def _no_truth_value(cls, value: object) -> object:
        if isinstance(value, bool):
            raise ValueError("a limit must be a number")
        return value

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.minimum is None and self.maximum is None:
            raise ValueError("limits need a minimum or a maximum")
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValueError("the minimum is above the maximum")
        return self

    def hold(self, value: float) -> bool:
        """Return whether `value` is a number in the range, which NaN is not."""
        if math.isnan(value):
            return False
        above = self.minimum is None or value >= self.minimum
        return above and (self.maximum is None or value <= self.maximum)

    def beyond(self, other: "Limits") -> bool:
        """Return whether a limit of this range lies outside `other`."""
        low = self.minimum is not None and other.minimum is not None and self.minimum < other.minimum
        return low or (self.maximum is not None and other.maximum is not None and self.maximum > other.maximum)

    def outside(self, unit: str = "1") -> str:
        """Return the rejected range in words, as ``above 0.2 s``."""
        of = "" if unit == "1" else f" {unit}"
        low, high = (None if limit is None else f"{limit:g}" for limit in (self.minimum, self.maximum))
        if low is None or high is None:
            return f"below {low}{of}" if high is None else f"above {high}{of}"
        return f"unless {low}{of}" if low == high else f"outside {low} to {high}{of}"


class Criterion(Declaration):
    """A criterion on one number, judged per object (cell, plane, session).

    Parameters
    ----------
    title : str
        What must hold, as one sentence.
    metric : str
        Exact name of the metric.
    fail, warn : Limits, optional
        Outside of `fail` is Fail; else outside of `warn` is Warning; else Pass.
    reason : str
        Why the limits lie where they do.
    source : str
        Document, paper or judgement they come from, and who decided.
    unmeasured : {"report", "ignore"}
        Whether Not measured is reported, or left out, where it says nothing about the data.
    scope : {"session", "container"}
        Whether it is about one session, or about the sessions of one container.
    modality : str
        What it is about, in the abbreviations of aind-data-schema.
    """

    title: str = Field(min_length=1)
    metric: str = Field(min_length=1)
    fail: Limits | None = None
    warn: Limits | None = None
    reason: str = Field(min_length=1)
    source: str = Field(min_length=1)
    unmeasured: Literal["report", "ignore"] = "report"
    scope: Literal["session", "container"] = "session"
    modality: Modality = "pophys"

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.fail is None and self.warn is None:
            raise ValueError("a criterion needs limits under fail, warn or both; else list its metric under reported")
        if self.fail is not None and self.warn is not None and self.warn.beyond(self.fail):
            raise ValueError("a limit of warn lies outside of the same limit of fail, and could never be met")
        return self

    def status(self, value: float) -> Status:
        """Return the status of a measured number; NaN is Not measured."""
        if math.isnan(value):
            return Status.NOT_MEASURED
        if self.fail is not None and not self.fail.hold(value):
            return Status.FAIL
        return Status.PASS if self.warn is None or self.warn.hold(value) else Status.WARNING

    def threshold(self, unit: str = "1") -> str:
        """Return the limits in words, as ``Fail above 0.2 s; Warning above 0.1 s``."""
        parts = ((Status.FAIL, self.fail), (Status.WARNING, self.warn))
        return "; ".join(f"{status} {limits.outside(unit)}" for status, limits in parts if limits)


class ManualCriterion(Declaration):
    """A criterion decided manually, in a table of decisions.

    Parameters
    ----------
    title : str
        What must hold, as one sentence.
    reason : str
        Why a person decides it, and by what.
    source : str
        Who asks for it.
    scope : {"session", "container"}
        Whether it is decided for each session, or for each container.
    modality : str
        What it is about, in the abbreviations of aind-data-schema.
    """

    title: str = Field(min_length=1)
    reason: str = Field(min_length=1)
    source: str = ""
    scope: Literal["session", "container"] = "session"
    modality: Modality = "pophys"


class Criteria(Declaration):
    """All criteria of one dataset.

    Parameters
    ----------
    name : str
        Name of the folder they are in.
    title : str
        What they are called.
    criteria : dict of str to Criterion
        By name, which is the code after ``qc.``.
    reported : tuple of str
        Metrics that are measured and reported without judgement.
    manual : dict of str to ManualCriterion
        Criteria that a person decides, by name.
    """

    name: str = ""
    title: str = ""
    criteria: dict[str, Criterion] = Field(default_factory=dict)
    reported: tuple[str, ...] = ()
    manual: dict[str, ManualCriterion] = Field(default_factory=dict)

    @field_validator("criteria", "manual")
    @classmethod
    def _by_name(cls, value: dict[str, Any]) -> dict[str, Any]:
        import re

        wrong = [name for name in value if not re.fullmatch(_NAME, name)]
        if wrong:
            raise ValueError(f"the name {wrong[0]!r} may contain only small letters, digits and underscores")
        return value

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        both = self.criteria.keys() & self.manual.keys()
        if both:
            raise ValueError(f"{min(both)} is both a measured and a manual criterion")
        if not self.criteria and not self.manual:
            raise ValueError("no criteria")
        return self

    def of(self, scope: str) -> list[str]:
        """Return the names of the session or container criteria, measured ones first."""
        measured = [name for name, criterion in self.criteria.items() if criterion.scope == scope]
        return measured + [name for name, criterion in self.manual.items() if criterion.scope == scope]

    @property
    def titles(self) -> dict[str, str]:
        """Requirement of each criterion, by its name."""
        measured = {name: criterion.title for name, criterion in self.criteria.items()}
        return measured | {name: criterion.title for name, criterion in self.manual.items()}

    @property
    def metrics(self) -> frozenset[str]:
        """The judged or reported metrics."""
        return frozenset({criterion.metric for criterion in self.criteria.values()} | {*self.reported})
