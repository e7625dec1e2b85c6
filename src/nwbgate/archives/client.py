"""An archive of DANDI through its own client: instance, key and errors."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from nwbgate.archives.library import dandi_library
from nwbgate.errors import FetchError, NwbgateError, UnreachableError, UsageError, nearest

#: Seconds to wait for a connection, and for an answer: no request may hang for ever.
_PATIENCE = (10.0, 120.0)


def connect(instance: str, *, with_key: bool) -> Any:
    """Return a client of an archive (``dandi.dandiapi.DandiAPIClient``).

    Parameters
    ----------
    instance : str
        Name of an instance (``dandi``, ``dandi-sandbox``, ``ember-dandi``) or address of its API.
    with_key : bool
        Whether a key is needed. Without, one that the environment or the keyring holds is used all the same: drafts
        under embargo are shown to their owners only.

    Raises
    ------
    UsageError
        If the instance is unknown, or no key is found where one is needed.
    UnreachableError
        If the archive does not answer.
    FetchError
        If it refuses the key.
    """
    address = api_address(instance)
    with explain_failures(instance):
        client = _client(address)
        key = _key(address)
        if key:
            client.authenticate(key)
        elif with_key:
            raise _no_key(instance, key_variable(address))
        return client


def key_variable(address: str) -> str:
    """Return the environment variable of the key for an address, such as ``DANDI_API_KEY``.

    dandi-cli names it after the instance. For an archive that it does not know it takes host and port, as the server
    states them; here they are those of the address, so that no server can ask for the key of another one, and
    characters that no shell allows in a variable are underscores.
    """
    name = re.sub(r"\W", "_", f"{_instance_name(address).upper()}_API_KEY")
    return f"_{name}" if name[0].isdigit() else name


@contextmanager
def explain_failures(where: str) -> Iterator[None]:
    """Turn errors of dandi-cli's client into our own, none of which holds a key.

    Parameters
    ----------
    where : str
        The archive, and what of it.

    Raises
    ------
    UnreachableError, FetchError
        In place of those of requests and of dandi-cli.
    """
    requests = dandi_library("requests")
    exceptions = dandi_library("dandi.exceptions")
    try:
        yield
    except NwbgateError:
        raise
    except requests.HTTPError as problem:
        raise refusal(problem, where) from None
    except (requests.ConnectionError, requests.Timeout) as problem:
        raise _unreachable(where, _reason(problem)) from None
    except exceptions.NotFoundError as problem:
        raise FetchError(
            "the archive does not have this", where=where, got=str(problem), fix="check the identifier and the version"
        ) from None
    except RuntimeError as problem:
        if "server info" not in str(problem):
            raise
        raise _unreachable(where, "no description of the archive at this address") from None


def refusal(problem: Any, where: str) -> NwbgateError:
    """Return the error for an answer of the archive other than success.

    Parameters
    ----------
    problem : requests.HTTPError
        The answer.
    where : str
        What was asked for.
    """
    status = 0 if problem.response is None else problem.response.status_code
    what, fix = _REFUSALS.get(status, ("the archive refuses the request", "read the answer of the archive"))
    if status >= 500 or status == 429:
        return _unreachable(where, f"answer {status} again and again")
    return FetchError(what, where=where, got=_answer(problem), fix=fix)


#: Status of an answer -> what it means, and what to do.
_REFUSALS = {
    400: ("the archive rejects what was sent", "read its answer; `nwbgate dandi plan` may name the cause"),
    401: ("the archive does not accept the key", "copy the key from your account's page of the archive again"),
    403: ("you have no right to this dandiset", "ask one of its owners to add you, or check the identifier"),
    404: ("the archive does not have this dandiset, or hides it from you", "check identifier, --instance and key"),
    409: ("the name is taken by another file", "run `nwbgate dandi plan` again and compare the two files"),
    423: ("the dandiset is locked", "wait until its publication or the lifting of its embargo has ended"),
}


def _client(address: str) -> Any:
    api = dandi_library("dandi.dandiapi")
    adapters = dandi_library("requests.adapters")

    class PatientAdapter(adapters.HTTPAdapter):  # type: ignore[misc, name-defined]
        """Sends requests with a limit of time, which dandi-cli leaves out."""

        def send(self, request: Any, **options: Any) -> Any:
            return super().send(request, **{**options, "timeout": options.get("timeout") or _PATIENCE})

    client = api.DandiAPIClient(api_url=address)
    for scheme in ("http://", "https://"):
        client.session.mount(scheme, PatientAdapter())
    return client


def api_address(instance: str) -> str:
    """Return the address of an instance's API.

    Raises
    ------
    UsageError
        If no instance has this name.
    """
    known = dandi_library("dandi.consts").known_instances
    if instance.lower().startswith(("http://", "https://")):
        return instance.rstrip("/")
    if instance not in known:
        raise UsageError(
            "unknown instance of DANDI",
            where="--instance",
            got=instance,
            expected=f"{', '.join(known)}, or an address that begins with https://",
            fix=nearest(instance, known) or "give one of these",
        )
    return str(known[instance].api)


def _key(address: str) -> str | None:
    """Return the key for an address from the environment or the keyring; never ask."""
    return os.environ.get(key_variable(address)) or _from_keyring(f"dandi-api-{_instance_name(address)}")


def _instance_name(address: str) -> str:
    """Return the name of a known instance, else host and port of the address."""
    known: dict[str, str] = dandi_library("dandi.consts").known_instances_rev
    return known.get(address) or urlsplit(address).netloc.rpartition("@")[2]


def _from_keyring(service: str) -> str | None:
    keyring = dandi_library("keyring")
    try:
        found: str | None = keyring.get_password(service, "key")
    except Exception:  # Each keyring backend raises its own errors; an unusable one holds no key.
        return None
    return found


def _no_key(instance: str, variable: str) -> UsageError:
    return UsageError(
        "no key for the archive",
        where=instance,
        got=f"neither the variable {variable} nor an entry of the keyring",
        expected="the key from your account's page of the archive",
        fix=f"read -rs {variable} && export {variable}",
    )


def _unreachable(where: str, got: str) -> UnreachableError:
    return UnreachableError(
        "the archive does not answer",
        where=where,
        got=got,
        fix="check the clock of this machine, and for a proxy in between"
        if "Certificate" in got
        else "check the network and try again later; `nwbgate dandi plan --offline` needs no archive",
    )


def _reason(problem: Exception) -> str:
    """Return the innermost reason of a failed connection, without addresses and keys."""
    cause: BaseException = problem
    while cause.__context__ is not None:
        cause = cause.__context__
    return f"{type(cause).__name__}: {getattr(cause, 'strerror', None) or 'no connection'}"


def _answer(problem: Any) -> str:
    """Return status and text of an answer, shortened."""
    if problem.response is None:
        return "no answer"
    text = " ".join(str(problem.response.text).split())
    return f"{problem.response.status_code}: {text[:300]}" if text else str(problem.response.status_code)
