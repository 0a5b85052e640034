"""The guards of ``trust.md`` § Modes that settings alone can judge."""

from __future__ import annotations

import stat
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from config import MailTls, MailTransport, Mode, Settings, SettingsRefused

ROOT = Path(__file__).parents[2]
PRODUCTION = {
    "TRAPPAN_MODE": "production",
    "SECRET_KEY": "a key that is long enough to be one",
    "ALLOWED_HOSTS": "trappan.example",
}


def read(env: Mapping[str, str], instance_dir: Path) -> Settings:
    return Settings.from_environment({"INSTANCE_DIR": str(instance_dir), **env})


def refusal(env: Mapping[str, str], instance_dir: Path) -> str:
    with pytest.raises(SettingsRefused) as refused:
        read(env, instance_dir)
    sentence = str(refused.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


def test_a_demo_needs_nothing_but_its_mode(tmp_path: Path) -> None:
    settings = read({"TRAPPAN_MODE": "demo"}, tmp_path / "instance")
    assert settings.mode is Mode.DEMO
    assert settings.is_demo
    assert settings.database_url == f"sqlite:///{tmp_path}/instance/trappan.sqlite"
    assert settings.allowed_hosts == ("127.0.0.1", "localhost")
    assert settings.mail_transport is MailTransport.FILE
    assert settings.mail_dir == tmp_path / "instance" / "mail"
    assert settings.port == 8000


def test_production_sends_real_mail_and_keeps_the_given_names(tmp_path: Path) -> None:
    env = {
        **PRODUCTION,
        "ALLOWED_HOSTS": "trappan.example, www.trappan.example",
        "MAIL_HOST": "mail.example",
        "MAIL_PORT": "587",
        "PORT": "8080",
    }
    settings = read(env, tmp_path)
    assert settings.mode is Mode.PRODUCTION
    assert not settings.is_demo
    assert settings.mail_transport is MailTransport.SMTP
    assert settings.allowed_hosts == ("trappan.example", "www.trappan.example")
    assert (settings.mail_host, settings.mail_port, settings.port) == ("mail.example", 587, 8080)


@pytest.mark.parametrize("mode", [{}, {"TRAPPAN_MODE": ""}, {"TRAPPAN_MODE": " "}])
def test_without_a_mode_nothing_starts(mode: dict[str, str], tmp_path: Path) -> None:
    assert "TRAPPAN_MODE is missing" in refusal(mode, tmp_path)


@pytest.mark.parametrize("missing", ["SECRET_KEY", "ALLOWED_HOSTS"])
def test_production_without_key_or_host_list_is_refused(missing: str, tmp_path: Path) -> None:
    env = {name: value for name, value in PRODUCTION.items() if name != missing}
    assert f"{missing} is missing" in refusal(env, tmp_path)
    assert f"{missing} is missing" in refusal({**PRODUCTION, missing: " "}, tmp_path)


def test_production_refuses_a_key_under_32_characters(tmp_path: Path) -> None:
    assert "SECRET_KEY is 31 characters long" in refusal({**PRODUCTION, "SECRET_KEY": "k" * 31}, tmp_path)
    assert "SECRET_KEY is 1 characters long" in refusal({**PRODUCTION, "SECRET_KEY": f" {'k'} "}, tmp_path)
    assert read({**PRODUCTION, "SECRET_KEY": "k" * 32}, tmp_path).secret_key == "k" * 32


def test_a_host_list_of_commas_alone_names_no_host(tmp_path: Path) -> None:
    assert "ALLOWED_HOSTS is missing" in refusal({**PRODUCTION, "ALLOWED_HOSTS": " , ,"}, tmp_path)


def test_production_never_writes_mail_to_files(tmp_path: Path) -> None:
    assert "MAIL_TRANSPORT=file" in refusal({**PRODUCTION, "MAIL_TRANSPORT": "file"}, tmp_path)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TRAPPAN_MODE", "development"),
        ("TRAPPAN_MODE", "Demo"),
        ("MAIL_TRANSPORT", "pigeon"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "9" * 5000),
        ("PORT", "-1"),
        ("PORT", "٨٠"),
        ("MAIL_PORT", "smtp"),
        ("MAIL_TLS", "ssl"),
        ("MAIL_FROM", "Trappan <trappan@example.se>"),
        ("MAIL_FROM", "trappan@ekerö.se"),
        ("MAIL_FROM", "trappan"),
        ("BASE_URL", "trappan.example.se"),
        ("BASE_URL", "ftp://127.0.0.1"),
        ("BASE_URL", "http://127.0.0.1/trappan"),
        ("BASE_URL", "http://a:b@127.0.0.1"),
        ("BASE_URL", "http://127.0.0.1:port"),
        ("BASE_URL", "http://other.example"),
        ("DATABASE_URL", "mysql://localhost/trappan"),
        ("DATABASE_URL", "not an address"),
        ("DATABASE_URL", "postgresql://host:port/name"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "sqlite:///:memory:"),
    ],
)
def test_a_word_or_number_that_means_nothing_here_is_refused(name: str, value: str, tmp_path: Path) -> None:
    assert name in refusal({"TRAPPAN_MODE": "demo", name: value}, tmp_path)


def test_letters_come_from_the_sites_own_name_and_lead_there_unless_something_else_is_said(tmp_path: Path) -> None:
    silent = read(PRODUCTION, tmp_path)
    assert (silent.base_url, silent.mail_from) == ("https://trappan.example", "trappan@trappan.example")
    given = read(
        {
            **PRODUCTION,
            "ALLOWED_HOSTS": "inside.example,trappan.example",
            "BASE_URL": "https://trappan.example:8443/",
            "MAIL_FROM": "trappan@storsthlm.example",
        },
        tmp_path,
    )
    assert (given.base_url, given.mail_from) == ("https://trappan.example:8443", "trappan@storsthlm.example")
    demo = read({"TRAPPAN_MODE": "demo", "PORT": "8123"}, tmp_path)
    assert (demo.base_url, demo.mail_from) == ("http://127.0.0.1:8123", "trappan@127.0.0.1")


def test_links_in_letters_are_never_plain_http_in_production(tmp_path: Path) -> None:
    assert "BASE_URL" in refusal({**PRODUCTION, "BASE_URL": "http://trappan.example"}, tmp_path)


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        ({}, MailTls.NONE),  # a relay on the same machine
        ({"MAIL_HOST": "127.0.0.1"}, MailTls.NONE),
        ({"MAIL_HOST": "mail.example"}, MailTls.STARTTLS),
        ({"MAIL_HOST": "mail.example", "MAIL_TLS": "tls"}, MailTls.TLS),
        ({"MAIL_HOST": "mail.example", "MAIL_TLS": "none"}, MailTls.NONE),
        ({"MAIL_TLS": "starttls"}, MailTls.STARTTLS),
    ],
)
def test_in_production_letters_leave_the_machine_under_tls_unless_set_otherwise(
    env: dict[str, str], expected: MailTls, tmp_path: Path
) -> None:
    assert read({**PRODUCTION, **env}, tmp_path).mail_tls is expected


def test_the_password_of_the_mail_server_may_lie_in_a_file_and_never_shows(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("hemligt ord \n# what comes after the first line is not read\n")
    env = {**PRODUCTION, "MAIL_HOST": "mail.example", "MAIL_USER": "trappan"}
    filed = read({**env, "MAIL_PASSWORD_FILE": str(tmp_path / "password")}, tmp_path)
    assert (filed.mail_user, filed.mail_password) == ("trappan", "hemligt ord")
    assert "hemligt" not in repr(filed)
    assert read({**env, "MAIL_PASSWORD": "hemligt ord"}, tmp_path).mail_password == "hemligt ord"


@pytest.mark.parametrize(
    ("env", "sentence"),
    [
        ({"MAIL_USER": "trappan"}, "belong together"),
        ({"MAIL_PASSWORD": "ord"}, "belong together"),
        ({"MAIL_USER": "trappan", "MAIL_PASSWORD": "a", "MAIL_PASSWORD_FILE": "/tmp/x"}, "are both set"),
        ({"MAIL_USER": "trappan", "MAIL_PASSWORD_FILE": "/finns/inte"}, "MAIL_PASSWORD_FILE /finns/inte cannot be"),
        ({"MAIL_USER": "trappan", "MAIL_PASSWORD_FILE": "/dev/null"}, "no password in its first line"),
        ({"MAIL_USER": "trappan", "MAIL_PASSWORD": "lösen"}, "a letter outside a-z"),
        ({"MAIL_USER": "trappan", "MAIL_PASSWORD": "ord", "MAIL_TLS": "none"}, "in the clear"),
    ],
)
def test_a_sign_in_to_the_mail_server_that_cannot_be_meant_is_refused(
    env: dict[str, str], sentence: str, tmp_path: Path
) -> None:
    assert sentence in refusal({**PRODUCTION, "MAIL_HOST": "mail.example", **env}, tmp_path)


def test_refused_settings_write_nothing(tmp_path: Path) -> None:
    refusal({"TRAPPAN_MODE": "demo", "PORT": "zero"}, tmp_path / "instance")
    assert not (tmp_path / "instance").exists()


def test_an_instance_directory_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "INSTANCE_DIR" in refusal({"TRAPPAN_MODE": "demo"}, tmp_path / "file" / "instance")


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_spelling_of_postgresql_gets_our_driver(scheme: str, tmp_path: Path) -> None:
    env = {"TRAPPAN_MODE": "demo", "DATABASE_URL": f"{scheme}://u:p%40ss@db.example:5433/trappan"}
    assert read(env, tmp_path).database_url == "postgresql+psycopg://u:p%40ss@db.example:5433/trappan"


def test_a_relative_sqlite_file_lies_where_the_process_was_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = read({"TRAPPAN_MODE": "demo", "DATABASE_URL": "sqlite:///my.sqlite"}, tmp_path)
    assert settings.database_url == f"sqlite:///{tmp_path}/my.sqlite"


def test_a_demo_keeps_its_key_from_start_to_start_and_to_itself(tmp_path: Path) -> None:
    first = read({"TRAPPAN_MODE": "demo"}, tmp_path).secret_key
    assert len(first) >= 64
    assert read({"TRAPPAN_MODE": "demo"}, tmp_path).secret_key == first
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert read({"TRAPPAN_MODE": "demo", "SECRET_KEY": "given"}, tmp_path).secret_key == "given"


def test_processes_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(lambda _: read({"TRAPPAN_MODE": "demo"}, tmp_path).secret_key, range(64)))
    assert len(keys) == 1


def test_the_key_does_not_show_when_settings_are_printed(tmp_path: Path) -> None:
    assert PRODUCTION["SECRET_KEY"] not in repr(read(PRODUCTION, tmp_path))


@pytest.mark.parametrize(
    "command",
    [
        ["-m", "flask", "--app", "wsgi", "moves"],
        ["-m", "gunicorn", "wsgi:app", "--bind", "127.0.0.1:0"],
    ],
    ids=["flask", "gunicorn"],
)
def test_a_refused_start_says_one_sentence_and_ends_with_status_1(command: list[str], tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={"INSTANCE_DIR": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.returncode == 1
    assert "Trappan does not start. TRAPPAN_MODE is missing" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_example_of_a_sites_settings_starts_when_its_key_and_password_are_filled_in(tmp_path: Path) -> None:
    example = (Path(__file__).parents[2] / "deploy" / "trappan.env").read_text(encoding="utf-8")
    given = dict(line.split("=", 1) for line in example.splitlines() if line and not line.startswith("#"))
    password = tmp_path / "mail-password"
    password.write_text("ett ord\n", encoding="utf-8")
    assert refusal(given | {"INSTANCE_DIR": ""}, tmp_path).startswith("SECRET_KEY is missing")
    filled = given | {"SECRET_KEY": "k" * 64, "MAIL_PASSWORD_FILE": str(password), "INSTANCE_DIR": str(tmp_path)}
    settings = Settings.from_environment(filled)
    assert (settings.mode, settings.trusted_proxies) == (Mode.PRODUCTION, 1)
    assert settings.base_url == "https://trappan.example.se"
    assert settings.database_url == "postgresql+psycopg:///trappan"
