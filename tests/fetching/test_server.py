"""A server's answers, and which of its failures are worth another try."""

import ssl
from http.client import HTTPMessage
from io import BytesIO
from urllib.error import HTTPError, URLError
from urllib.request import Request

import pytest

from nwbgate.errors import FetchError, UnreachableError, UsageError
from nwbgate.fetching.content import InterruptionError
from nwbgate.fetching.server import Server, _Redirects
from support.faulty_server import Handler, serving
from support.fetching_files import CONTENT, QUICK, remote, serving_one_file


@pytest.fixture
def web(tmp_path):
    with serving_one_file(tmp_path / "web") as web:
        yield web


@pytest.fixture
def server(web):
    return Server(web.url, QUICK)


@pytest.mark.parametrize(
    "address", ["", "file:///etc", "ftp://host/x", "host/x", "http://", "https://host/?x=1", "http://host/#x"]
)
def test_an_address_that_is_none_is_refused(address):
    with pytest.raises(UsageError, match="unsupported address"):
        Server(address)


def test_a_slash_at_the_end_does_not_matter(web):
    assert Server(web.url + "/", QUICK).size(remote()) == len(CONTENT)
    assert web.requests == [("HEAD", "/project/file.bin", "")]


def test_a_size_that_is_not_to_be_had_is_an_error_of_that_file(server):
    with pytest.raises(FetchError, match="404"):
        server.size(remote(name="other.bin"))


def test_a_document_is_read_in_spite_of_passing_failures(web, server):
    web.faults["file.bin"] = ["busy", "mute"]
    assert server.text("project/file.bin", most=len(CONTENT)) == CONTENT


def test_a_document_that_is_too_long_is_refused(server):
    with pytest.raises(FetchError, match="too long"):
        server.text("project/file.bin", most=len(CONTENT) - 1)


def test_a_server_that_never_answers_is_given_up(web, server):
    web.faults["file.bin"] = ["stall"] * QUICK.tries
    with pytest.raises(UnreachableError, match=f"no data for 1 s, {QUICK.tries} times"):
        server.text("project/file.bin", most=len(CONTENT))


def test_content_beyond_the_end_is_none(server):
    with server.content(remote(), len(CONTENT)) as content:
        assert content is None


def test_a_name_that_does_not_resolve_is_unreachable():
    with pytest.raises(UnreachableError):
        Server("http://nobody.invalid", QUICK).size(remote())


def test_a_certificate_that_is_not_trusted_is_not_tried_again(server):
    reason = ssl.SSLCertVerificationError(1, "self-signed certificate")
    told = server._unreached_error(URLError(reason), "project/file.bin")
    assert isinstance(told, UnreachableError)
    assert "certificate" in told.what


def test_any_other_refusal_is_said_as_it_came(tmp_path, monkeypatch):
    with serving(tmp_path) as web:
        monkeypatch.setattr("support.faulty_server.Handler.answer", lambda handler, body: handler.send_error(401))
        with pytest.raises(FetchError, match="refuses") as raised:
            Server(web.url, QUICK).size(remote())
    assert "401" in raised.value.got
    assert not isinstance(raised.value, InterruptionError)


def moved(monkeypatch, to):
    answer = Handler.answer

    def answer_or_move(handler, *, body):
        if handler.path.startswith("/moved"):
            handler.send_response(302)
            handler.send_header("Location", to)
            handler.end_headers()
        else:
            answer(handler, body=body)

    monkeypatch.setattr(Handler, "answer", answer_or_move)


def test_another_address_is_followed_with_the_range_kept(web, monkeypatch):
    moved(monkeypatch, f"{web.url}/project/file.bin")
    with Server(f"{web.url}/moved", QUICK).content(remote(), 1000) as content:
        assert content.start == 1000
        assert b"".join(content.blocks()) == CONTENT[1000:]


@pytest.mark.parametrize("to", ["file:///etc/passwd", "ftp://127.0.0.1/x"])
def test_an_address_of_another_kind_is_not_followed(web, monkeypatch, to):
    moved(monkeypatch, to)
    with pytest.raises(FetchError) as raised:
        Server(f"{web.url}/moved", QUICK).text("x", most=10)
    assert to in raised.value.got


@pytest.mark.parametrize("to", ["http://localhost:1/x", "http://example.org/x", "https://example.org/x"])
def test_another_host_is_not_followed_and_named(web, monkeypatch, to):
    moved(monkeypatch, to)
    with pytest.raises(FetchError) as raised:
        Server(f"{web.url}/moved", QUICK).text("x", most=10)
    assert to in raised.value.got


def test_a_refused_connection_is_given_up_within_fifteen_seconds(monkeypatch):
    waited = []
    monkeypatch.setattr("time.sleep", waited.append)
    with pytest.raises(UnreachableError, match="refused, 4 times"):
        Server("http://127.0.0.1:1").size(remote())
    assert sum(waited) < 15


def test_what_is_encrypted_is_not_followed_to_where_it_is_not(server):
    request = Request("https://host/x")
    with pytest.raises(HTTPError, match="redirects to http://host/x"):
        _Redirects().redirect_request(request, BytesIO(), 302, "Found", HTTPMessage(), "http://host/x")
