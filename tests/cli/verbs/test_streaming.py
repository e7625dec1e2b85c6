"""``nwbgate convert RECIPE --fetch``: what goes together, the plan with its bytes, and sizes as people write them."""

import pytest

from nwbgate.cli import main
from nwbgate.cli.verbs.streaming import parse_size
from nwbgate.errors import UsageError
from support.streamed_release import bytes_in, web  # noqa: F401


@pytest.fixture
def run(web, tmp_path, capsys):  # noqa: F811
    def run(*arguments, output=tmp_path / "nwb", fetch=("--fetch",), scratch=("--scratch", tmp_path / "scratch")):
        given = [*fetch, *scratch, "--output", output, *arguments]
        given += ["--base-url", web.url] if fetch else []
        code = main(["convert", "visual-behavior", *map(str, given)])
        return code, *capsys.readouterr()

    return run


def test_a_dry_run_prints_the_bytes_and_writes_nothing(run, tmp_path):
    code, out, _ = run("--sessions", "1900011001,1900011401", "--scratch-limit", "5MB", "--dry-run")
    assert code == 0
    assert out.splitlines()[0] == (
        f"to convert: 1 session in 1 file, 0.9 MB, through {tmp_path / 'scratch'} (at most 5.0 MB)"
    ).replace("0.9 MB", "856.9 kB")
    assert "  1900011401  1 file, 856.9 kB" in out
    assert "1900011001 failed: this session alone exceeds the limit of the scratch folder" in out
    assert not list(tmp_path.iterdir())


def test_a_session_is_fetched_converted_and_its_source_deleted(run, tmp_path):
    code, out, err = run("--sessions", "1900011401")
    assert code == 0
    assert "1900011401  converted" in out
    assert "[1/1] 1900011401: converted" in err
    assert list((tmp_path / "nwb").rglob("sub-453988_ses-1900011401_behavior.nwb"))
    assert not list((tmp_path / "scratch").rglob("*.nwb"))
    assert bytes_in(tmp_path / "scratch") < 20_000
    code, out, _ = run("--sessions", "1900011401")
    assert code == 0
    assert "to convert: 0 sessions in 0 files, 0.0 kB" in out
    assert "1 skipped" in out


@pytest.mark.parametrize(
    ("arguments", "how", "message"),
    [
        (("folder",), {}, "SOURCE does not go with --fetch"),
        (("--watch",), {}, "--watch does not go with --fetch"),
        ((), {"scratch": ()}, "--fetch needs a scratch folder"),
        (("folder",), {"fetch": ()}, "--scratch does not go without --fetch"),
        ((), {"fetch": (), "scratch": ()}, "no source is given"),
        (("folder",), {"fetch": (), "scratch": (), "output": "s3://bucket"}, "an address needs --fetch"),
        (("--scratch-limit", "a lot"), {}, "invalid size"),
        ((), {"output": "https://server"}, "files cannot be written to this address"),
        (("--s3-endpoint", "http://store"), {}, "an endpoint needs a bucket"),
    ],
)
def test_what_does_not_go_together_is_refused(run, arguments, how, message):
    code, _, err = run(*arguments, **how)
    assert code == 2
    assert message in err
    assert "what to do" in err


def test_quality_control_does_not_go_with_a_stream(run):
    code, _, err = run("--qc")
    assert code == 2
    assert "--qc does not go with --fetch" in err


@pytest.mark.parametrize(
    ("text", "size"), [("50GB", 50 * 10**9), ("1.5 TB", 15 * 10**11), ("500M", 5 * 10**8), ("7", 7), ("2kB", 2000)]
)
def test_sizes_are_understood(text, size):
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "GB", "-1GB", "0GB", "5 apples", "1e9"])
def test_other_sizes_are_refused(text):
    with pytest.raises(UsageError, match="invalid size"):
        parse_size(text)
