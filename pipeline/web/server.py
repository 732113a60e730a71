"""The workbench on a socket: which addresses may be listened on, and uvicorn set up for one machine and few people.

Refuses what would be unsafe before anything is bound. What is served is put together in ``app``.
"""

from __future__ import annotations

import errno
import ipaddress
import os
import signal
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass

import uvicorn

from pipeline.errors import InputError
from pipeline.web.app import make_app
from pipeline.web.guard import OWN_NAMES, Door
from pipeline.web.state import Workbench

LEAST_TOKEN = 16
_NOT_BOUND = {
    errno.EADDRINUSE: "something else listens there already; choose another --port, or 0 for any that is free",
    errno.EACCES: "ports below 1024 are for the system's own programs; choose another --port",
    errno.EADDRNOTAVAIL: "it is no address of this machine; choose another --host",
}


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """What one process of the server takes on.

    Attributes:
        connections: most at a time; a browser opens about six.
        idle: seconds after which a connection that asks nothing is closed.
        finish: seconds that answers under way are given when the server is stopped.
        waiting: connections that may wait to be taken.
    """

    connections: int = 256
    idle: int = 15
    finish: int = 5
    waiting: int = 128


@dataclass(frozen=True, slots=True)
class Listener:
    """A socket that is bound and listens, and what stands before what it serves.

    Attributes:
        socket: bound.
        host: as it was named.
        door: who is let in.
    """

    socket: socket.socket
    host: str
    door: Door

    @property
    def address(self) -> str:
        """What to type into a browser on this machine."""
        port = self.socket.getsockname()[1]
        return f"http://{_in_addresses(self.host)}:{port}/"


def listen(host: str, port: int, token: str | None, options: ServerOptions | None = None) -> Listener:
    """Listen on an address, if that is safe.

    Args:
        host: a name or an address of this machine.
        port: 0 for any that is free.
        token: what strangers must know; needed unless only this machine can reach the address.
        options: how many may wait.

    Raises:
        InputError: the token is missing or too easily guessed, or the address cannot be listened on.
    """
    if token is not None:
        _check_token(token)
    family, address = _resolved(host, port)
    is_own = ipaddress.ip_address(address[0]).is_loopback
    if not is_own and token is None:
        raise InputError(
            f"--host {host}: other machines could reach it, so it needs a token of {LEAST_TOKEN} characters or more; "
            f"set $THREAT_TOPICS_TOKEN or --token, or leave --host at 127.0.0.1"
        )
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        if os.name == "posix":  # elsewhere the same option lets two programs share a port
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.listen((options or ServerOptions()).waiting)
    except OSError as error:
        bound.close()
        why = _NOT_BOUND.get(error.errno or 0, f"{error.strerror or error}; choose another --host or --port")
        raise InputError(f"{host}:{port}: cannot be listened on: {why}") from None
    names = OWN_NAMES | {_in_addresses(host.lower())} if is_own else None
    return Listener(bound, host, Door(names, token))


def run(
    workbench: Workbench, listener: Listener, ready: Callable[[str], None], options: ServerOptions | None = None
) -> None:
    """Serve until the process is told to stop.

    Args:
        workbench: what is worked on.
        listener: as ``listen`` gives it.
        ready: told the address, once requests are accepted.
        options: what the server takes on.
    """
    options = options or ServerOptions()
    config = uvicorn.Config(
        make_app(workbench, listener.door),
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        limit_concurrency=options.connections,
        timeout_keep_alive=options.idle,
        timeout_graceful_shutdown=options.finish,
    )
    _end_on_hangup()
    ready(listener.address)  # what comes before the loop runs waits in the socket's queue
    try:
        uvicorn.Server(config).run(sockets=[listener.socket])
    finally:
        listener.socket.close()


def _end_on_hangup() -> None:
    """Let a terminal that is closed stop the server as Ctrl-C does, so that jobs end too, unless hangups are ignored."""
    if (
        hasattr(signal, "SIGHUP")
        and threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGHUP) == signal.SIG_DFL
    ):
        signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))


def _in_addresses(host: str) -> str:
    """A host as it stands before the port in a browser's address."""
    return f"[{host}]" if ":" in host else host


def _check_token(token: str) -> None:
    if len(token) < LEAST_TOKEN or not token.isascii() or not token.isprintable() or " " in token:
        raise InputError(
            f"--token: must be {LEAST_TOKEN} or more letters, digits and signs of ASCII without spaces, so that it can be "
            'neither guessed nor garbled; make one with: python -c "import secrets; print(secrets.token_urlsafe())"'
        )


def _resolved(host: str, port: int) -> tuple[socket.AddressFamily, tuple[str, int]]:
    """What a name stands for, so that what is checked is what is bound.

    Raises:
        InputError: it is no name of anything.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM) if host else []
    except (OSError, UnicodeError):
        found = []
    if not found:
        raise InputError(f"--host {host!r}: is no name or address; use 127.0.0.1, or an address of this machine")
    family, _, _, _, address = found[0]
    return family, (str(address[0]), port)
