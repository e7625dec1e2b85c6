"""Files that did not change since the same rules judged them without objection."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nwbgate.cache.file_stamp import FileStamp
from nwbgate.cache.folder_cache import FolderCache
from nwbgate.cache.versions import version_of
from nwbgate.errors import UsageError
from nwbgate.findings.waivers import apply_waivers
from nwbgate.gate.files import FileChecks, FileResult
from nwbgate.gate.plain_results import plain_result, result_of
from nwbgate.gate.selection import SelectedRules
from nwbgate.reading.facts.plain_facts import KIND, are_facts, facts_version, plain_columns
from nwbgate.rules.rule import Rule, Severity
from nwbgate.storage.remote_files.address import Address, as_path

if TYPE_CHECKING:
    from nwbgate.manifest.specification.declaration import Spec

#: Kind of the entries that hold findings and outcomes of a check.
_JUDGED = "judged"
#: Libraries that judge a file.
_VALIDATORS = ("h5py", "numpy", "pandas", "pynwb", "hdmf", "nwbinspector", "dandi", "dandischema")


def refuse_uncomparable(rules: Sequence[Rule], *, follow_links: bool, qc: bool) -> None:
    """Reject what the last check cannot be compared with.

    Raises
    ------
    UsageError
        If files are judged together with others, quality is measured, or rules are not nwbgate's.
    """
    others = {
        "--follow-links": (follow_links, "a file that links to others changes with them"),
        "--qc": (qc, "quality is measured in every file"),
        "rules": (any(rule.scope == "session" for rule in rules), "nwbgate cannot tell whether your own rules changed"),
    }
    for option, (given, reason) in others.items():
        if given:
            fix = "leave one of the two out"
            raise UsageError("--changed cannot be combined with this", where=option, got=reason, fix=fix)


class EarlierResults:
    """Results of earlier checks of files, kept in the caches of their folders.

    A file's result is taken if neither the file nor anything that judges it has changed, and nothing in it would fail
    this check. Files at addresses are judged each time.

    Parameters
    ----------
    given : sequence of str or Path
        What was asked to be checked: files below a given folder are kept in it, others in their own.
    files : sequence of Path
        The files.
    checks : FileChecks
        How they are judged.
    spec : Spec, optional
        Specification of the tables.
    """

    def __init__(
        self, given: Sequence[str | Path], files: Sequence[Path], checks: FileChecks, spec: "Spec | None"
    ) -> None:
        self._version = _version(checks, spec) if files else ""
        self._homes = _homes(given, files)
        self._caches = {folder: FolderCache(folder) for folder in dict.fromkeys(self._homes.values())}
        self._stamps: dict[Path, FileStamp] = {}

    def passed_results(self, selection: SelectedRules, fail_on: Severity) -> dict[Path, tuple[FileResult, int]]:
        """Return results to be taken, with times of judgement (seconds since 1970).

        Parameters
        ----------
        selection : SelectedRules
            Codes that are reported, and waivers.
        fail_on : Severity
            Severity from which a finding fails the check.
        """
        found: dict[Path, tuple[FileResult, int]] = {}
        for folder, cache in self._caches.items():
            stamps = cache.stamps(path for path, home in self._homes.items() if home == folder)
            self._stamps |= stamps
            judged = cache.entries(_JUDGED, self._version_in(folder), stamps)
            facts = cache.entries(KIND, facts_version(), {path: stamps[path] for path in judged})
            for path in facts:
                content = facts[path].content
                result = result_of(judged[path].content, path, content) if are_facts(content) else None
                if result is not None and not _objects(result, selection, fail_on):
                    found[path] = result, judged[path].since
        return found

    def keep(self, result: FileResult) -> None:
        """Keep the result of a file that was judged now."""
        cache, stamp = self._caches.get(self._homes.get(result.path, Path())), self._stamps.get(result.path)
        if cache is None or not result.facts or result.outcome.broken or result.not_run:
            return
        cache.keep(KIND, facts_version(), result.path, stamp, plain_columns(result.facts))
        cache.keep(_JUDGED, self._version_in(cache.folder), result.path, stamp, plain_result(result))

    def save(self) -> None:
        """Write what waits."""
        for cache in self._caches.values():
            cache.save()

    def _version_in(self, folder: Path) -> str:
        """Return the version of results in a folder, whose name DANDI judges too."""
        return f"{self._version} {folder.absolute().name}"


def in_order(
    files: Sequence[Path], earlier: Mapping[Path, tuple[FileResult, int]], judged: Iterator[FileResult]
) -> Iterator[FileResult]:
    """Yield the result of each file in order, from before or from now.

    Parameters
    ----------
    files : sequence of Path
        All files.
    earlier : mapping of Path to FileResult and time
        Results from before.
    judged : iterator of FileResult
        Those of the other files, in their order.
    """
    for path in files:
        yield earlier[path][0] if path in earlier else next(judged)


def _homes(given: Sequence[str | Path], files: Sequence[Path]) -> dict[Path, Path]:
    """Return the folder in which each file's result is kept."""
    local = [path for path in map(as_path, given) if not isinstance(path, Address)]
    folders = [path for path in local if path.is_dir()]
    return {
        file: next((folder for folder in folders if file.is_relative_to(folder)), file.parent)
        for file in files
        if not isinstance(file, Address)
    }


def _version(checks: FileChecks, spec: "Spec | None") -> str:
    """Return a digest of all that decides how a file is judged."""
    rules = sorted(repr(vars(rule) | {"function": ""}) for rule in checks.rules)
    options = {**vars(checks), "rules": rules}
    told = repr((version_of(*_VALIDATORS), sorted(options.items()), spec.model_dump_json() if spec else ""))
    return hashlib.blake2b(told.encode(), digest_size=16).hexdigest()


def _objects(result: FileResult, selection: SelectedRules, fail_on: Severity) -> bool:
    """Return whether a result would fail the check, waivers considered."""
    findings = [*result.findings, *result.outcome.findings]
    reported = [finding for finding in findings if selection.codes.tells(finding.code)]
    left, _, _ = apply_waivers(reported, selection.waivers)
    return any(finding.severity.rank >= fail_on.rank for finding in left)
