"""Every setting, read from the environment, here and nowhere else.

A setting that would make the site unsafe or meaningless stops the start with one sentence
(``trust.md`` § Modes). What only the database can tell, such as a demo database in production, is
judged where the database is opened.
"""

from __future__ import annotations

import enum
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError


class SettingsRefused(Exception):
    """The settings do not permit a start. The message is one sentence that says what to do."""


class Mode(enum.StrEnum):
    """What the site is for. There is no default: nobody should run a demo by forgetting a word."""

    DEMO = "demo"
    PRODUCTION = "production"


class MailTransport(enum.StrEnum):
    """Where mail goes: to an SMTP server, or as files into ``MAIL_DIR`` (demo only)."""

    SMTP = "smtp"
    FILE = "file"


@dataclass(frozen=True)
class Settings:
    """The settings of one process. Directories are absolute; ``instance_dir`` exists."""

    mode: Mode
    database_url: str
    secret_key: str = field(repr=False)
    allowed_hosts: tuple[str, ...]
    instance_dir: Path
    mail_transport: MailTransport
    mail_host: str
    mail_port: int
    mail_dir: Path
    port: int
    contact: str

    @property
    def is_demo(self) -> bool:
        """Whether this is the demo mode."""
        return self.mode is Mode.DEMO

    @property
    def attachments_dir(self) -> Path:
        """Where attached files lie, under names of our own; made with the first of them."""
        return self.instance_dir / "attachments"

    @classmethod
    def from_environment(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Read the settings from ``env``, or from the process's environment.

        An empty variable counts as missing. Creates ``INSTANCE_DIR`` and, in demo mode without
        ``SECRET_KEY``, a key file in it that later starts and other processes share.

        Raises ``SettingsRefused`` when a setting is missing, unknown or not permitted in the mode.
        """
        given = {name: value.strip() for name, value in (os.environ if env is None else env).items()}

        def setting(name: str, default: str = "") -> str:
            return given.get(name) or default

        mode = _mode(setting("TRAPPAN_MODE"))
        demo = mode is Mode.DEMO
        transport = _mail_transport(setting("MAIL_TRANSPORT", "file" if demo else "smtp"))
        if transport is MailTransport.FILE and not demo:
            raise SettingsRefused(
                "MAIL_TRANSPORT=file only writes mail to a directory and is refused in production: "
                "set MAIL_TRANSPORT=smtp."
            )
        hosts = tuple(host for host in setting("ALLOWED_HOSTS").replace(",", " ").split() if host)
        if not hosts:
            if not demo:
                raise SettingsRefused(
                    "ALLOWED_HOSTS is missing: production needs the names under which the site is reached, "
                    "with commas between."
                )
            hosts = ("127.0.0.1", "localhost")
        secret_key = setting("SECRET_KEY")
        if not secret_key and not demo:
            raise SettingsRefused(
                "SECRET_KEY is missing: production needs a long random one, kept from start to start."
            )
        instance_dir = Path(setting("INSTANCE_DIR", "instance")).absolute()
        database_url = _database_url(
            setting("DATABASE_URL") or URL.create("sqlite", database=str(instance_dir / "trappan.sqlite"))
        )
        mail_port = _port("MAIL_PORT", setting("MAIL_PORT", "25"))
        port = _port("PORT", setting("PORT", "8000"))
        # Nothing is written before everything has been judged.
        _make_directory(instance_dir)
        return cls(
            mode=mode,
            database_url=database_url,
            secret_key=secret_key or _kept_key(instance_dir / "secret_key"),
            allowed_hosts=hosts,
            instance_dir=instance_dir,
            mail_transport=transport,
            mail_host=setting("MAIL_HOST", "localhost"),
            mail_port=mail_port,
            mail_dir=Path(setting("MAIL_DIR", str(instance_dir / "mail"))).absolute(),
            port=port,
            contact=setting("CONTACT"),
        )


def _mode(word: str) -> Mode:
    if not word:
        raise SettingsRefused("TRAPPAN_MODE is missing: set it to demo or production.")
    try:
        return Mode(word)
    except ValueError:
        raise SettingsRefused(f"TRAPPAN_MODE is {word!r}: set it to demo or production.") from None


def _mail_transport(word: str) -> MailTransport:
    try:
        return MailTransport(word)
    except ValueError:
        raise SettingsRefused(f"MAIL_TRANSPORT is {word!r}: set it to smtp or file.") from None


def _port(name: str, digits: str) -> int:
    if digits.isascii() and digits.isdigit() and 1 <= int(digits[:6]) <= 65535:
        return int(digits)
    raise SettingsRefused(f"{name} is {digits!r}: set it to a number from 1 to 65535.")


def _database_url(given: str | URL) -> str:
    """The address with the driver named and, for SQLite, an absolute path.

    Hosting services say ``postgres://``. SQLite in memory is refused: the web server and the clock are
    two processes and must see one database.
    """
    try:
        url = make_url(given)
    except (ArgumentError, ValueError):
        raise SettingsRefused(
            "DATABASE_URL cannot be read: write sqlite:////path/to/file or postgresql://user:password@host/name."
        ) from None
    if url.drivername in ("postgres", "postgresql", "postgresql+psycopg"):
        url = url.set(drivername="postgresql+psycopg")
    elif url.drivername == "sqlite":
        if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
            raise SettingsRefused("DATABASE_URL names no SQLite file: write sqlite:////path/to/file.")
        url = url.set(database=str(Path(url.database).absolute()))
    else:
        raise SettingsRefused(f"DATABASE_URL begins with {url.drivername!r}: use sqlite or postgresql.")
    return url.render_as_string(hide_password=False)


def _make_directory(path: Path) -> None:
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as problem:
        raise SettingsRefused(f"INSTANCE_DIR {path} cannot be made: {problem.strerror}.") from None


def _kept_key(path: Path) -> str:
    """The key in the file, made on first use.

    The web server and the clock may start at the same instant, so the file appears complete or not at
    all: it is written aside and linked into place, and whoever comes second reads the first one's key.
    """
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
