"""Every setting, read from the environment, here and nowhere else; and the version.

A setting that would make the site unsafe or meaningless stops the start with one sentence
(``trust.md`` § Modes). What only the database can tell, such as a demo database in production, is
judged where the database is opened.
"""

from __future__ import annotations

import enum
import ipaddress
import os
import re
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

VERSION: str = tomllib.loads((Path(__file__).parent / "pyproject.toml").read_text("utf-8"))["project"]["version"]
"""The version of this code. It is written in ``pyproject.toml`` alone."""

SHORTEST_KEY = 32
"""Characters of a key that signs sessions in production: a shorter one can be guessed from one signed cookie."""


class SettingsRefused(Exception):
    """The settings do not permit a start. The message is one sentence that says what to do."""


class Mode(enum.StrEnum):
    """What the site is for. There is no default, so that a forgotten setting does not start a demo."""

    DEMO = "demo"
    PRODUCTION = "production"


class MailTransport(enum.StrEnum):
    """Where mail goes: to an SMTP server, or as files into ``MAIL_DIR`` (demo only)."""

    SMTP = "smtp"
    FILE = "file"


class MailTls(enum.StrEnum):
    """How the line to the SMTP server is protected. Both kinds of TLS check the server's certificate and name."""

    STARTTLS = "starttls"  # begins in the clear and is protected before anything is said; port 587 or 25
    TLS = "tls"  # protected from the first byte; port 465
    NONE = "none"


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
    mail_tls: MailTls
    mail_user: str
    mail_password: str = field(repr=False)
    mail_from: str
    mail_dir: Path
    port: int
    base_url: str
    trusted_proxies: int
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
        if len(secret_key) < SHORTEST_KEY and not demo:
            raise SettingsRefused(
                f"SECRET_KEY is {len(secret_key)} characters long: production needs a random one of at least "
                f"{SHORTEST_KEY}, kept from start to start."
            )
        instance_dir = Path(setting("INSTANCE_DIR", "instance")).absolute()
        database_url = _database_url(
            setting("DATABASE_URL") or URL.create("sqlite", database=str(instance_dir / "trappan.sqlite"))
        )
        mail_host = setting("MAIL_HOST", "localhost")
        mail_port = _port("MAIL_PORT", setting("MAIL_PORT", "25"))
        mail_tls = _mail_tls(setting("MAIL_TLS"), mail_host, demo=demo)
        mail_user = setting("MAIL_USER")
        mail_password = _mail_password(mail_user, setting("MAIL_PASSWORD"), setting("MAIL_PASSWORD_FILE"))
        if mail_user and mail_tls is MailTls.NONE and not _is_this_machine(mail_host):
            raise SettingsRefused(
                "MAIL_TLS=none would send MAIL_PASSWORD over the network in the clear: set MAIL_TLS to starttls or tls."
            )
        port = _port("PORT", setting("PORT", "8000"))
        base_url = _base_url(setting("BASE_URL"), hosts, port, demo=demo)
        mail_from = _mail_from(setting("MAIL_FROM") or f"trappan@{urlsplit(base_url).hostname}")
        trusted_proxies = _proxies(setting("TRUSTED_PROXIES", "0"))
        # Nothing is written before everything has been judged.
        _make_directory(instance_dir)
        return cls(
            mode=mode,
            database_url=database_url,
            secret_key=secret_key or _kept_key(instance_dir / "secret_key"),
            allowed_hosts=hosts,
            instance_dir=instance_dir,
            mail_transport=transport,
            mail_host=mail_host,
            mail_port=mail_port,
            mail_tls=mail_tls,
            mail_user=mail_user,
            mail_password=mail_password,
            mail_from=mail_from,
            mail_dir=Path(setting("MAIL_DIR", str(instance_dir / "mail"))).absolute(),
            port=port,
            base_url=base_url,
            trusted_proxies=trusted_proxies,
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


def _mail_tls(word: str, host: str, *, demo: bool) -> MailTls:
    """The given one; else none within this machine and in a demo, and ``starttls`` over a network."""
    if not word:
        return MailTls.NONE if demo or _is_this_machine(host) else MailTls.STARTTLS
    try:
        return MailTls(word)
    except ValueError:
        raise SettingsRefused(f"MAIL_TLS is {word!r}: set it to starttls, tls or none.") from None


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _mail_password(user: str, given: str, file: str) -> str:
    """The password of ``MAIL_USER``, from the environment or from the first line of a file."""
    if given and file:
        raise SettingsRefused("MAIL_PASSWORD and MAIL_PASSWORD_FILE are both set: keep one of them.")
    if file:
        try:
            given = next(iter(Path(file).read_text(encoding="utf-8").splitlines()), "").strip()
        except (OSError, UnicodeDecodeError) as problem:
            why = problem.strerror if isinstance(problem, OSError) else "it is no text"
            raise SettingsRefused(f"MAIL_PASSWORD_FILE {file} cannot be read: {why}.") from None
        if not given:
            raise SettingsRefused(f"MAIL_PASSWORD_FILE {file} has no password in its first line.")
    if bool(user) != bool(given):
        raise SettingsRefused(
            "MAIL_USER and its password belong together: set MAIL_USER and one of MAIL_PASSWORD and "
            "MAIL_PASSWORD_FILE, or neither."
        )
    if not (user.isascii() and given.isascii()):
        raise SettingsRefused(
            "MAIL_USER or its password has a letter outside a-z: SMTP takes none, so choose another password."
        )
    return given


def _mail_from(address: str) -> str:
    if address.isascii() and re.fullmatch(r"[^\s@<>(),;:\"\\]+@[^\s@<>(),;:\"\\]+", address):
        return address
    raise SettingsRefused(f"MAIL_FROM is {address!r}: set it to one plain address such as trappan@example.se.")


def _base_url(given: str, hosts: tuple[str, ...], port: int, *, demo: bool) -> str:
    """The address that links in letters begin with: the given one, this machine in a demo, else the first host."""
    if not given:
        return f"http://127.0.0.1:{port}" if demo else f"https://{hosts[0]}"
    written = re.fullmatch(r"(https?)://([^\s/@?#]+)/?", given, re.IGNORECASE)
    try:
        host = urlsplit(given).hostname if written and urlsplit(given).port != 0 else None
    except ValueError:  # a port that is no number
        host = None
    if not written or not host:
        raise SettingsRefused(
            f"BASE_URL is {given!r}: set it to the site's address without a path, such as https://trappan.example.se."
        )
    if not demo and written[1].lower() != "https":
        raise SettingsRefused(f"BASE_URL is {given!r}: in production it begins with https://.")
    if not {host, written[2].lower()} & {name.lower() for name in hosts}:
        raise SettingsRefused(f"BASE_URL names {host}, which is not among ALLOWED_HOSTS: its links would be refused.")
    return given.rstrip("/")


def _proxies(digits: str) -> int:
    if digits.isascii() and digits.isdigit() and len(digits) <= 2 and int(digits) <= 10:
        return int(digits)
    raise SettingsRefused(
        f"TRUSTED_PROXIES is {digits!r}: set it to how many proxies stand in front of the server, 0 to 10."
    )


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
    all: it is written aside and linked into place, and the process that comes second reads the first one's key.
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
