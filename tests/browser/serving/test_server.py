"""The server answers this computer alone, below a secret, to GET and HEAD, with what the page may have."""

import http.client
import json
import threading

import pytest

from nwbgate.browser.serving.library import Library
from nwbgate.browser.serving.server import POLICY, BrowserServer
from support.browsed_files import write_recording


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return write_recording(tmp_path_factory.mktemp("served") / "a+b.nwb", seconds=2)


def running(library, **options):
    server = BrowserServer(library, **options)
    threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
    return server


@pytest.fixture(scope="module")
def server(path):
    library = Library([path])
    made = running(library)
    yield made
    made.shutdown()
    made.server_close()
    library.close()


def ask(server, below="", *, method="GET", host=None, secret=None, raw=None):
    connection = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=20)
    target = raw if raw is not None else f"/{server.secret if secret is None else secret}/{below}"
    connection.putrequest(method, target, skip_host=True)
    for name in [f"127.0.0.1:{server.server_address[1]}"] if host is None else host:
        connection.putheader("Host", name)
    connection.endheaders()
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, dict(answer.getheaders()), content


def test_page_modules_and_data_are_answered(server):
    status, headers, content = ask(server)
    assert status == 200
    assert b'<script type="module" src="page/live.js">' in content
    assert headers["Content-Security-Policy"] == POLICY
    assert "unsafe" not in POLICY
    assert ask(server, "page/app.js")[1]["Content-Type"].startswith("text/javascript")
    status, headers, content = ask(server, "data/files")
    assert json.loads(content)[0]["name"] == "a+b.nwb"
    assert headers["Cache-Control"] == "no-store"
    assert not [name for name in headers if name.lower().startswith("access-control")]


def test_head_has_the_length_and_no_content(server):
    status, headers, content = ask(server, "data/files", method="HEAD")
    assert (status, content) == (200, b"")
    assert int(headers["Content-Length"]) == len(ask(server, "data/files")[2])


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
def test_other_methods_are_refused(server, method):
    assert ask(server, "data/files", method=method)[0] == 501


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "[::1]", "LOCALHOST"])
def test_names_of_this_computer_are_accepted(server, name):
    assert ask(server, host=[f"{name}:{server.server_address[1]}"])[0] == 200


@pytest.mark.parametrize(
    "hosts",
    [["evil.example:{}"], ["127.0.0.1.evil.example:{}"], ["127.0.0.1"], ["127.0.0.1:1"], ["[::1]"], ["[::2]:{}"], [""],
     ["[::1:{}"], [], ["127.0.0.1:{}", "127.0.0.1:{}"], ["localhost:{}@evil.example"]],
)  # fmt: skip
def test_other_hosts_are_refused(server, hosts):
    port = server.server_address[1]
    assert ask(server, "data/files", host=[host.format(port) for host in hosts])[0] in (400, 403)


def test_behind_a_proxy_any_host_will_do_and_the_secret_stays(path):
    library = Library([path])
    server = running(library, behind_proxy=True)
    assert ask(server, host=["hub.example"])[0] == 200
    assert ask(server, host=["hub.example"], secret="guessed")[0] == 404
    server.shutdown()
    server.server_close()
    library.close()


def test_without_the_secret_nothing_is_found(server):
    assert ask(server, "data/files", secret="")[0] == 404
    assert ask(server, "data/files", secret=server.secret[:-1])[0] == 404
    assert ask(server, "data/files", secret=server.secret + "x")[0] == 404
    assert ask(server, raw="/")[0] == 404
    assert ask(server, raw=f"/{server.secret}")[0] == 404
    assert len(server.secret) >= 32


@pytest.mark.parametrize(
    "below",
    ["data/doc/-1", "data/doc/99999999999999999999", "data/doc/1", "data//doc/0", "data/doc/%30", "data/../page/app.js",
     "page/../server.py", "page/%2e%2e/server.py", "page//app.js", "page/server.py", "page/__init__.py", "data/nwb/7",
     "data/tile/0/0/0/-1", "data/raw/0/0/999999999", "..", "data/", "page/", "data/files/..", "page/app.js%00"],
)  # fmt: skip
def test_what_is_not_in_the_table_is_not_found(server, below):
    assert ask(server, below)[0] == 404


def test_the_file_itself_is_sent_with_a_plain_name(server, path):
    status, headers, content = ask(server, "data/nwb/0")
    assert status == 200
    assert content == path.read_bytes()
    assert headers["Content-Disposition"] == 'attachment; filename="a+b.nwb"'


def test_a_file_that_cannot_be_read_says_why(tmp_path):
    (tmp_path / "broken.nwb").write_bytes(b"not HDF5")
    library = Library([tmp_path / "broken.nwb"])
    server = running(library)
    status, _, content = ask(server, "data/doc/0")
    assert status == 409
    assert b"what to do" in content
    server.shutdown()
    server.server_close()


def test_it_listens_on_this_computer_alone(server):
    assert server.server_address[0] == "127.0.0.1"
