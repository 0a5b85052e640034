"""``create_app``: settings, database, pages and commands."""

from __future__ import annotations

import datetime as dt
from importlib import import_module, util
from pathlib import Path

from flask import Flask, g, request
from flask_migrate import Migrate
from sqlalchemy.exc import DBAPIError
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, UnicodeConverter

from config import Settings, SettingsRefused
from escalation import clock
from escalation.db import db, other_schema, prepare_engine, read_only, session
from escalation.web import BLUEPRINTS, access, errors, forms, language, names, security
from escalation.web import format as filters
from escalation.web.documents import uploads

ROOT = Path(__file__).resolve().parent.parent

READING = frozenset({"GET", "HEAD", "OPTIONS"})

MEBIBYTE = 1024 * 1024


class RowId(IntegerConverter):
    """``<id:…>`` in a URL: a row's number. A number larger than a column holds is 404, not an error."""

    def __init__(self, map: object) -> None:  # noqa: A002 (werkzeug's own name)
        super().__init__(map, min=1, max=forms.LARGEST)  # type: ignore[arg-type]


class OneLine(UnicodeConverter):
    """``<…>`` in a URL: printable text. A control character is 404; PostgreSQL refuses it in a query."""

    def __init__(self, map: object, *args: int, **kwargs: int) -> None:  # noqa: A002 (werkzeug's own name)
        super().__init__(map, *args, **kwargs)  # type: ignore[arg-type]
        self.regex = self.regex.replace("[^/]", r"[^/\x00-\x1f\x7f]")


def create_app(settings: Settings | None = None, *, watch: clock.Watch = clock.machine) -> Flask:
    """The application with its pages and commands. ``watch`` gives its clock the time.

    Raises ``SettingsRefused`` when the settings do not permit a start, or when the database is a demo and
    the mode is production.
    """
    settings = settings or Settings.from_environment()
    app = Flask("escalation", template_folder=str(ROOT / "templates"))
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={"pool_pre_ping": True, "hide_parameters": True},
        BABEL_DEFAULT_TIMEZONE="Europe/Stockholm",
        MAX_CONTENT_LENGTH=2 * MEBIBYTE,
        MAX_FORM_MEMORY_SIZE=MEBIBYTE,
        MAX_FORM_PARTS=500,
        SEND_FILE_MAX_AGE_DEFAULT=dt.timedelta(hours=1),
        # A form may lie open for as long as its session lives; the token dies with the session.
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.url_map.converters |= {"id": RowId, "default": OneLine}
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}

    _behind_proxies(app, settings.trusted_proxies)

    clock.register(app, watch)
    db.init_app(app)
    load_models()
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True, compare_type=True)
    language.register(app)
    with app.app_context():
        prepare_engine(db.engine)
        if not settings.is_demo:
            _refuse_demo_database()

    app.before_request(_begin)
    app.teardown_request(lambda _problem: read_only(False))
    security.register(app)
    access.register(app)
    uploads.register(app)
    security.protect_forms(app)
    access.expect_opener(app)
    errors.register(app)
    filters.register(app)
    names.register(app)
    for name in BLUEPRINTS:
        app.register_blueprint(import_module(name).blueprint)
    if util.find_spec("escalation.cli"):
        import_module("escalation.cli").register(app)
    return app


def _behind_proxies(app: Flask, number: int) -> None:
    """Take the caller's address and the scheme from the proxies in front; without a proxy their headers are ignored.

    Each proxy adds one address to ``X-Forwarded-For``; the scheme is what the nearest one says. Host and port stay
    those of ``Host``, which the proxy passes on: ``X-Forwarded-Host`` and ``-Port`` a proxy leaves as the browser
    sent them unless it is configured otherwise.
    """
    if number:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=number, x_proto=1)  # type: ignore[method-assign]


def load_models() -> None:
    """Import the models of every package, so that the metadata is complete."""
    here = Path(__file__).parent
    for path in sorted((*here.glob("*/models.py"), *here.glob("*/models/*.py"))):
        import_module(".".join(("escalation", *path.relative_to(here).with_suffix("").parts)))


def refuse_other_schema(app: Flask) -> None:
    """Refuse a database with another schema than this code has: its pages would fail one by one.

    Raises ``SettingsRefused``. A database that does not answer is not refused: the pages say so until it answers.
    """
    with app.app_context():
        try:
            problem = other_schema()
        except DBAPIError:
            return
        finally:
            db.engine.dispose()  # workers are forked from here
    if problem:
        raise SettingsRefused(problem)


def _begin() -> None:
    """Begin each request with a new session; a GET only reads."""
    for name in ("instance_marks", "_login_user", "viewer", "csrf_token", "csrf_valid", "csp_nonce", "_flask_babel"):
        g.pop(name, None)
    read_only(request.method in READING)


def _refuse_demo_database() -> None:
    """A demo's accounts need no password, so a demo database never starts in production."""
    try:
        is_demo = clock.marks().is_demo
    except DBAPIError:
        # Not there yet, or not reachable: it is checked again at each request (security.py).
        is_demo = False
    finally:
        session.remove()
        db.engine.dispose()  # workers are forked from here and must not inherit this connection
        clock.forget()
    if is_demo:
        raise SettingsRefused(
            "The database is a demo, whose accounts need no password: set DATABASE_URL to another database, "
            "or TRAPPAN_MODE=demo."
        )
