"""One column of a specification, as the place of declared rules."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nwbgate.rules.declared.reasons import reason
from nwbgate.rules.rule import Rule, Severity

if TYPE_CHECKING:
    from nwbgate.manifest.specification.declaration import Column, Spec, Table
    from nwbgate.rules.rule import Rows


@dataclass(frozen=True)
class Place:
    """One column of one table of a specification."""

    spec: "Spec"
    table_name: str
    name: str

    @property
    def table(self) -> "Table":
        """The declaration of the table."""
        return self.spec.tables[self.table_name]

    @property
    def column(self) -> "Column":
        """The declaration of the column."""
        return self.table.columns[self.name]

    def rule(self, kind: str, title: str, function: "Callable[..., Rows]", **more: Any) -> Rule:
        """Return a rule of this column that needs the rules listed before it.

        Parameters
        ----------
        kind : str
            Last part of the code.
        title : str
            What must hold.
        function : callable
            Frames in, offending rows out.
        **more
            Other fields of `Rule`; ``needs`` are added to the column's own.
        """
        column = self.column
        own = f"{self.table_name}.{self.name}"
        unit = f" Unit: {column.unit}." if column.unit else ""
        given: dict[str, Any] = {
            "severity": Severity(column.severity),
            "tables": (self.table_name,),
            "explanation": reason(kind, self.name, column.because),
            "about": f"{column.description}{unit}",
            **more,
            "needs": (*(() if kind == "present" else (own,)), *more.get("needs", ())),
        }
        return Rule(
            code=f"{own}.{kind}",
            table=self.table_name,
            column=self.name,
            title=title,
            function=function,
            kind=kind,
            **given,
        )
