"""The key of an archive is found, used and never shown; refusals are errors of four parts."""

import pytest

from nwbgate.archives.client import connect, key_variable
from nwbgate.errors import FetchError, UsageError
from support.archive_access import local_archive


@pytest.mark.parametrize(
    ("address", "variable"),
    [
        ("https://api.dandiarchive.org/api", "DANDI_API_KEY"),
        ("https://api.sandbox.dandiarchive.org/api", "DANDI_SANDBOX_API_KEY"),
        ("http://localhost:8000/api", "DANDI_API_LOCAL_DOCKER_TESTS_API_KEY"),
        ("https://archive.example.org:8443/api", "ARCHIVE_EXAMPLE_ORG_8443_API_KEY"),
        ("http://127.0.0.1:8000/api", "_127_0_0_1_8000_API_KEY"),
    ],
)
def test_each_address_has_a_variable_that_shells_can_export(address, variable):
    assert key_variable(address) == variable


@pytest.fixture(scope="module")
def local():
    with local_archive() as found:
        yield found


def test_no_key_is_an_error_that_names_the_variable(local, monkeypatch):
    monkeypatch.delenv(key_variable(local.address), raising=False)
    with pytest.raises(UsageError, match="no key for the archive") as refused:
        connect(local.address, with_key=True)
    assert key_variable(local.address) in refused.value.fix


def test_a_wrong_key_is_refused_and_not_shown(local, monkeypatch, capfd):
    monkeypatch.setenv(key_variable(local.address), "secret-of-mine")
    with pytest.raises(FetchError, match="does not accept the key") as refused:
        connect(local.address, with_key=True)
    assert "secret" not in str(refused.value) + "".join(capfd.readouterr())


def test_a_key_is_used_where_none_is_needed(local, monkeypatch):
    monkeypatch.setenv(key_variable(local.address), local.key)
    assert connect(local.address, with_key=False).session.headers["Authorization"] == f"token {local.key}"


def test_a_failing_archive_is_asked_again(local, monkeypatch):
    monkeypatch.setenv(key_variable(local.address), local.key)
    local.server.fail("GET /api/auth/token", "503")
    assert connect(local.address, with_key=True)
