"""Rules: frames in, offending rows out. A rule never opens a file."""

from dataclasses import replace
from typing import TYPE_CHECKING

from nwbgate.rules import any_file, copied_content, declared, file_names, manifest, nwb_files, sessions
from nwbgate.rules.declared import relations, whole_tables
from nwbgate.rules.declared.place import Place
from nwbgate.rules.rule import Finding, Rule, Severity, check

if TYPE_CHECKING:
    from nwbgate.manifest.specification.declaration import Spec

#: Every written rule, from an explicit list of modules.
WRITTEN: tuple[Rule, ...] = (
    *manifest.RULES,
    *nwb_files.RULES,
    *copied_content.RULES,
    *file_names.RULES,
    *sessions.RULES,
    *any_file.RULES,
)
#: Tables of facts that are made of NWB files, whatever the specification, and what names a row of each.
FACT_KEYS = {
    "nwb_files": ("path",),
    "nwb_planes": ("path", "plane"),
    "nwb_rois": ("path", "plane", "cell_roi_id"),
}
FACTS = frozenset(FACT_KEYS)
#: Frames that come beside the tables of a manifest: the list of files of a release.
BESIDE = frozenset({"release_files"})

__all__ = ["BESIDE", "FACTS", "FACT_KEYS", "WRITTEN", "Finding", "Rule", "Severity", "all_rules", "check"]


def all_rules(spec: "Spec | None" = None) -> list[Rule]:
    """Return every rule of a specification, declared and written.

    Parameters
    ----------
    spec : Spec, optional
        Specification of the tables. Without one, the rules that need no table of a manifest: those about the inside
        of a file, and those of files among each other.
    """
    tables = FACTS | (BESIDE | set(spec.tables) if spec else set())
    written = [rule for rule in WRITTEN if rule.scope == "session" or tables.issuperset(rule.tables)]
    return [*(declared_rules(spec) if spec else ()), *(_with_promise(rule, spec) for rule in written)]


def _with_promise(rule: Rule, spec: "Spec | None") -> Rule:
    """Return `rule`, marked if the specification does not promise the history it needs."""
    if not rule.history or spec is None or spec.complete_history:
        return rule
    return replace(rule, unpromised=f"{spec.name} does not promise the complete history of every mouse")


def declared_rules(spec: "Spec") -> list[Rule]:
    """Return the rules that `spec` declares, those about single columns first."""
    places = [Place(spec, table, column) for table in spec.tables for column in spec.tables[table].columns]
    of_columns = [kind(place) for kinds in (declared.KINDS, relations.KINDS) for place in places for kind in kinds]
    of_tables = [rule for table in spec.tables for rule in whole_tables.of_table(spec, table)]
    return [*(rule for rule in of_columns if rule is not None), *of_tables]
