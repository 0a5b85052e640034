"""How gunicorn serves Trappan. It reads this file by itself when started here: ``gunicorn wsgi:app``."""

from __future__ import annotations

from typing import Any

wsgi_app = "wsgi:app"
# Loaded once, before the workers: a refused start ends gunicorn at once instead of once per worker.
preload_app = True
worker_class = "gthread"
workers = 2
threads = 4
# A body that arrives slowly, or one more header than anybody needs, is no reason to keep a thread.
timeout = 30
# The container or the machine's own /dev/shm, never a disk that may stall the heartbeat.
worker_tmp_dir = "/dev/shm"  # noqa: S108
# Trappan's own log tells what was asked for.
accesslog = None
loglevel = "warning"


def post_fork(_server: Any, _worker: Any) -> None:
    """Leave the connections opened while loading to the parent: no two processes may share one."""
    from escalation.db import db
    from wsgi import app

    with app.app_context():
        db.engine.dispose(close=False)
