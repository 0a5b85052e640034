"""How gunicorn serves Trappan. It reads this file by itself when started here: ``gunicorn wsgi:app``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

wsgi_app = "wsgi:app"
# Loaded once, before the workers: a refused start ends gunicorn at once instead of once per worker.
preload_app = True
worker_class = "gthread"
workers = 2
threads = 4
# The workers' heartbeat lies in memory where there is such a place: a stalled disk must not end a worker.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
# TRUSTED_PROXIES alone decides whether a proxy's headers about address and scheme are believed (escalation/app.py).
# gunicorn itself believes no proxy, not even one on this machine.
forwarded_allow_ips = ""
# No control socket: gunicorn would make it in the home of its user.
control_socket_disable = True
# The proxy logs the requests.
accesslog = None
loglevel = "warning"


def post_fork(_server: Any, _worker: Any) -> None:
    """Leave the connections opened while loading to the parent: no two processes may share one."""
    from escalation.db import db
    from wsgi import app

    with app.app_context():
        db.engine.dispose(close=False)
