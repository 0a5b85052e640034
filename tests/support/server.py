"""The application on a real port of loopback."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from flask import Flask
from werkzeug.serving import make_server

from config import Settings
from tests.support.app import application, close


@dataclass
class Server:
    """An application that answers on loopback; ``url`` has no slash at its end."""

    app: Flask
    url: str


@pytest.fixture(scope="session")
def listening_socket() -> Iterator[socket.socket]:
    """A free port on loopback that this run listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


@pytest.fixture
def server(settings: Settings, listening_socket: socket.socket) -> Iterator[Server]:
    """The application as people meet it, with form tokens, in a thread."""
    port = listening_socket.getsockname()[1]
    app = application(replace(settings, port=port))
    app.config.update(TESTING=False, WTF_CSRF_ENABLED=True)
    served = make_server("127.0.0.1", port, app, threaded=True, fd=listening_socket.fileno())
    thread = threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield Server(app, f"http://127.0.0.1:{port}")
    finally:
        served.shutdown()
        thread.join()
        served.server_close()
        close(app)
