"""Conversion of one session to a checked file with provenance."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

from neuroconv import NWBConverter
from pynwb import NWBFile

from nwbgate.conversion.metadata import merged_metadata
from nwbgate.conversion.metadata_rules import judge_metadata
from nwbgate.conversion.options import check_options
from nwbgate.conversion.sources.checksum import refuse_altered
from nwbgate.conversion.sources.session_sources import Converter, find_sources, size_of
from nwbgate.conversion.sources.source_warnings import source_warnings
from nwbgate.conversion.subject import refuse_subject
from nwbgate.errors import WriteError
from nwbgate.processes.cores import cores
from nwbgate.storage.safe_files.folder_contents import bytes_of
from nwbgate.storage.safe_files.leftovers import remove_leftovers
from nwbgate.writing import provenance
from nwbgate.writing.writer import write_nwb


@dataclass(frozen=True)
class SessionResult:
    """Result of a session.

    Attributes
    ----------
    path : Path
        The file.
    status : str
        ``converted``; ``skipped`` where the file was there and up to date; ``would convert`` in a dry run.
    bytes, source_bytes : int
        Size of the file and of its sources.
    seconds : float
        Wall time.
    warnings : tuple of str
        What the source deserves a look for.
    sources : tuple of Path
        Its files, those included that only reading it names.
    """

    path: Path
    status: str
    bytes: int = 0
    source_bytes: int = 0
    seconds: float = 0.0
    warnings: tuple[str, ...] = field(default=())
    sources: tuple[Path, ...] = ()


def convert_session(
    converter: Converter,
    path: str | Path,
    *,
    metadata: Mapping[str, Any] | None = None,
    conversion_options: Mapping[str, Any] | None = None,
    sources: Iterable[str | Path] | None = None,
    parameters: Mapping[str, Any] | None = None,
    overwrite: bool = False,
    verify_sources: bool = False,
    threads: int | None = None,
    verify: bool = True,
    check: bool | Callable[[Path], None] = True,
    dry_run: bool = False,
    checksums: Mapping[str, str] | None = None,
    timezone: str | None = None,
    rules: bool = True,
    origin: str = "",
) -> SessionResult:
    """Convert one session with any NeuroConv interface, converter or pipe, and check the file.

    Does what ``converter.run_conversion`` does, temporal alignment included, and adds the fast verified writer, the
    check before the final name is given, a deterministic identifier, and the provenance record.

    Parameters
    ----------
    converter : BaseDataInterface or NWBConverter
        Built with its sources. An attribute ``digest_algorithm`` of it says how these are digested for the provenance,
        where they are published with checksums that are not SHA-256: each is then digested once for both. Files that
        only reading the sources names (the images of a pickle's image set) it tells as ``further_sources()``, and finds
        again as ``further_source(name)``.
    path : str or Path
        Final name of the file; one that ends in ``.zarr`` is of a Zarr store.
    metadata : mapping, optional
        Merged over ``converter.get_metadata()``.
    conversion_options : mapping, optional
        As the converter's ``add_to_nwbfile`` takes them.
    sources : iterable of paths, optional
        The source files, for the provenance; by default every existing file named in the converter's source data.
    parameters : mapping, optional
        Further values that the content depends on, kept in the provenance: how a stream was aligned, say, where its
        interface does not tell that by an ``alignment``, as those of Dataset II do.
    overwrite : bool
        Write even where the file is up to date, or was not written by nwbgate.
    verify_sources : bool
        Compare the content of the sources, not only size and time, to tell whether the file is up to date.
    threads : int, optional
        Threads that digest the sources, and that write; by default one for each core.
    verify : bool
        Read the file back and compare it with what was written.
    check : bool or callable
        Check the file before it gets its name: True for what ``nwbgate check`` judges of a file, names aside, or a
        function of the path that raises to refuse.
    dry_run : bool
        Do everything up to reading the data: tell what would be done, and write nothing.
    checksums : mapping, optional
        Name of a source to the checksum it was published with; see `conversion.sources.checksum`.
    timezone : str, optional
        Time zone of a start of the session, or a date of birth, that has none: "America/Los_Angeles", "UTC",
        "-07:00". Without it such a time is refused; the zone of the machine is never taken.
    rules : bool
        Whether that check judges by nwbgate's own rules, too, beside the schema and NWB Inspector.
    origin : str
        Where the metadata come from, such as the row of a table, for errors.

    Returns
    -------
    SessionResult

    Raises
    ------
    SourceError, MetadataError, UsageError
        If the source, the metadata or a conversion option is wrong; metadata that DANDI refuses are found before
        anything is read, unless `check` leaves that to somebody else.
    WriteError
        If the file cannot be written, or the output file exists and has another origin.
    CheckError
        If the file did not pass its check.
    """
    started, path = perf_counter(), Path(path)
    source_paths = [Path(source) for source in (find_sources(converter) if sources is None else sources)]
    with source_warnings() as found:
        source_bytes = size_of(source_paths)
        check_options(converter, conversion_options or {})
        merged = merged_metadata(converter, metadata, timezone=timezone)
        if check is True:
            refuse_subject(merged, origin)
        remarks = judge_metadata(merged, origin) if check is True and rules else ()
        parameters = {**_parameters(merged, conversion_options), **_alignment(converter), **(parameters or {})}
        key = {"metadata_digest": provenance.digest(merged), "parameters": parameters}
        if not overwrite and _is_done(converter, path, source_paths, key, verify_sources):
            source_paths = _known_sources(converter, path, source_paths)
            status, size = "skipped", bytes_of(path)
            if not dry_run:
                with suppress(OSError):
                    remove_leftovers(path, lately=True)
        elif dry_run:
            status, size = "would convert", 0
        else:
            source_paths += [further for further in _further_sources(converter) if further not in source_paths]
            _digest_sources(converter, source_paths, checksums or {}, threads)
            nwbfile = _create(converter, merged, conversion_options or {}, source_paths, key)
            checked = _check(check, path, rules=rules)
            report = write_nwb(nwbfile, path, overwrite=True, threads=threads, verify=verify, check=checked)
            status, size = "converted", report.bytes
    seconds = perf_counter() - started
    return SessionResult(path, status, size, source_bytes, seconds, (*found, *remarks), tuple(source_paths))


def _parameters(metadata: Mapping[str, Any], options: Mapping[str, Any] | None) -> dict[str, Any]:
    return {"session_id": metadata["NWBFile"].get("session_id", ""), "conversion_options": dict(options or {})}


def _alignment(converter: Converter) -> dict[str, Any]:
    """Return each interface's ``alignment`` where it is plain data."""
    streams = converter.data_interface_objects if isinstance(converter, NWBConverter) else {"": converter}
    told = {name: getattr(stream, "alignment", None) for name, stream in streams.items()}
    moved = {name: alignment for name, alignment in told.items() if alignment and isinstance(alignment, Mapping)}
    return {"alignment": moved} if moved else {}


def _further_sources(converter: Converter) -> list[Path]:
    """Return the files that only reading the sources names."""
    tell = getattr(converter, "further_sources", None)
    return list(tell()) if callable(tell) else []


def _is_done(converter: Converter, path: Path, sources: list[Path], key: dict[str, Any], verify_sources: bool) -> bool:
    """Return whether the file is up to date; reject another session's file."""
    if not path.exists():
        return False
    kept = provenance.read(path)
    session_id = key["parameters"]["session_id"]
    if kept is None or kept.get("parameters", {}).get("session_id") != session_id:
        raise WriteError(
            "the output file exists and was not written by nwbgate"
            if kept is None
            else "the output file belongs to another session",
            where=str(path),
            got="no provenance of nwbgate"
            if kept is None
            else f"session {kept.get('parameters', {}).get('session_id')!r}",
            expected=f"no file, or the file of session {session_id!r}",
            fix="move it away, choose another output folder, or replace it with --overwrite",
        )
    # Where no source is known, nothing can be said to be unchanged.
    known = _known_sources(converter, path, sources)
    return bool(sources) and provenance.up_to_date(path, sources=known, verify_sources=verify_sources, **key)


def _known_sources(converter: Converter, path: Path, sources: list[Path]) -> list[Path]:
    """Return the existing sources, with the further ones a file was made from."""
    find, kept = getattr(converter, "further_source", None), provenance.read(path)
    names = [entry["name"] for entry in kept["sources"]][len(sources) :] if kept else []
    found = map(find, names) if callable(find) else ()
    return [*sources, *(source for source in found if source is not None)]


def _digest_sources(
    converter: Converter, sources: list[Path], checksums: Mapping[str, str], threads: int | None
) -> None:
    """Digest the sources in parallel, rejecting those that differ from publication."""
    workers = cores() if threads is None else max(threads, 1)
    refuse_altered(sources, checksums, threads=workers)
    provenance.describe(sources, _algorithm(converter), threads=workers)


def _algorithm(converter: Converter) -> str:
    return str(getattr(converter, "digest_algorithm", "sha256"))


def _create(
    converter: Converter,
    metadata: dict[str, Any],
    options: Mapping[str, Any],
    sources: list[Path],
    key: dict[str, Any],
) -> NWBFile:
    described = provenance.describe(sources, _algorithm(converter))
    content = {**metadata, "NWBFile": dict(metadata["NWBFile"])}
    session_id = str(content["NWBFile"].get("session_id", ""))
    content["NWBFile"].setdefault("identifier", provenance.identifier(session_id, described, provenance.digest(key)))
    if isinstance(converter, NWBConverter):
        converter.temporally_align_data_interfaces(metadata=content, conversion_options=options)
        nwbfile = converter.create_nwbfile(metadata=content, conversion_options=dict(options))
    else:
        nwbfile = converter.create_nwbfile(metadata=content, **options)
    record = provenance.record(described, **key)
    _set_field(nwbfile, "source_script", provenance.to_json(record))
    _set_field(nwbfile, "source_script_file_name", provenance.FILE_NAME)
    generated = [list(pair) for pair in nwbfile.was_generated_by or []]
    ours = [[name, record["versions"][name]] for name in ("nwbgate", "neuroconv")]
    _set_field(nwbfile, "was_generated_by", [*generated, *(pair for pair in ours if pair not in generated)])
    return nwbfile


def _set_field(nwbfile: NWBFile, name: str, value: object) -> None:
    """Replace a field whose PyNWB setter works only once."""
    nwbfile.fields[name] = value
    nwbfile.set_modified()


def _check(check: bool | Callable[[Path], None], target: Path, *, rules: bool) -> Callable[[Path], None] | None:
    if check is True:
        from nwbgate.gate.written_file import WrittenCheck

        return WrittenCheck(target.absolute(), rules)
    return check or None
