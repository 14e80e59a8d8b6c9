import os
import subprocess
import sys

import pytest

from app.core.settings import REPOSITORY, SettingsError, load_settings


@pytest.fixture(autouse=True)
def instance(tmp_path, monkeypatch):
    monkeypatch.setenv("INSTANCE_DIR", str(tmp_path / "instance"))
    return tmp_path / "instance"


WRONG = [
    ("PORT", "eighty"),
    ("PORT", "0"),
    ("PORT", "70000"),
    ("DATABASE_URL", "mysql://localhost/x"),
    ("DATABASE_URL", "postgresql://localhost/x"),
    ("BASE_URL", "karte.example"),
    ("BASE_URL", "ftp://karte.example"),
    ("SMTP_URL", "https://mail.example"),
    ("TRUSTED_PROXIES", "-1"),
    ("TRUSTED_PROXIES", "all"),
    ("DEMO", "perhaps"),
    ("CITY", "../etc"),
    ("CITY", "nowhere"),
    ("DISCLOSURE_THRESHOLD", "1"),
    ("UPLOAD_MAX_MB", "0"),
    ("WEB_PROCESSES", "0"),
    ("LOG_LEVEL", "LOUD"),
    ("RETENTION_MONTHS", "0"),
    ("RETENTION_MONTHS", "12.5"),
    ("RETENTION_MONTHS", "true"),
    ("RETENTION_MONTHS", "a year"),
    ("RETENTION_MONTHS", '{"gaps": 3}'),
    ("RETENTION_MONTHS", '{"gap": "3"}'),
    ("BACKUP_DAYS", "0"),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_setting_is_one_line_that_names_it(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as error:
        load_settings()
    line = str(error.value)
    assert line.startswith(f"{name}: ")
    assert "\n" not in line
    assert len(line) > len(f"{name}: ")


def test_an_instance_folder_that_cannot_be_used_is_one_line(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("INSTANCE_DIR", str(tmp_path / "file" / "instance"))
    with pytest.raises(SettingsError, match=r"\AINSTANCE_DIR: [^\n]+\Z"):
        load_settings()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "karte.example", ""])  # noqa: S104
def test_the_demonstration_stays_at_home(monkeypatch, host):
    monkeypatch.setenv("DEMO", "1")
    monkeypatch.setenv("HOST", host)
    with pytest.raises(SettingsError, match=r"\A[^\n]*DEMO[^\n]*HOST[^\n]*\Z"):
        load_settings()


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_the_demonstration_runs_on_loopback(monkeypatch, host):
    monkeypatch.setenv("DEMO", "1")
    monkeypatch.setenv("HOST", host)
    assert load_settings().demo


def test_without_a_demonstration_any_host_will_do(monkeypatch):
    monkeypatch.setenv("HOST", "0.0.0.0")  # noqa: S104
    settings = load_settings()
    assert not settings.demo
    assert settings.host == "0.0.0.0"  # noqa: S104


def test_the_command_line_ends_with_the_one_line(instance):
    answer = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "serve"],
        cwd=REPOSITORY,
        env={**os.environ, "DEMO": "1", "HOST": "0.0.0.0", "INSTANCE_DIR": str(instance)},  # noqa: S104
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert answer.returncode == 1
    assert answer.stdout == ""
    assert len(answer.stderr.strip().splitlines()) == 1
    assert "DEMO" in answer.stderr
    assert "HOST" in answer.stderr


def test_the_embedded_database_is_a_file_in_the_instance_folder(instance):
    assert load_settings().database == f"sqlite:///{instance}/teilhabekarte.sqlite"


def test_secrets_are_made_once_and_kept_from_others(instance):
    first, second = load_settings(), load_settings()
    assert first.secret_key == second.secret_key
    assert first.receipt_pepper == second.receipt_pepper
    assert first.secret_key.get_secret_value() != first.receipt_pepper.get_secret_value()
    assert len(first.secret_key.get_secret_value()) > 40
    for file in instance.iterdir():
        assert file.stat().st_mode & 0o077 == 0
    assert instance.stat().st_mode & 0o077 == 0


def test_a_secret_of_the_environment_wins_and_is_not_written(monkeypatch, instance):
    monkeypatch.setenv("SECRET_KEY", "from-the-environment")
    monkeypatch.setenv("RECEIPT_PEPPER", "from-the-environment-too")
    settings = load_settings()
    assert settings.secret_key.get_secret_value() == "from-the-environment"
    assert list(instance.iterdir()) == []


def test_secrets_do_not_show():
    settings = load_settings(secret_key="hush", smtp_url="smtp://somebody:hush@mail.example")
    assert "hush" not in repr(settings)


def test_addresses_lose_their_last_slash(monkeypatch):
    monkeypatch.setenv("BASE_URL", "https://karte.example/")
    assert load_settings().public_address == "https://karte.example"


@pytest.mark.parametrize(
    ("value", "gap", "discrimination"),
    [("", 12, 12), ("9", 9, 9), ('{"discrimination": 6}', 12, 6), ('{"discrimination": 6, "gap": 24}', 24, 6)],
)
def test_the_time_to_keep_is_one_number_or_one_by_kind(monkeypatch, value, gap, discrimination):
    monkeypatch.setenv("RETENTION_MONTHS", value)
    months = load_settings().retention_months
    assert (months["gap"], months["discrimination"]) == (gap, discrimination)


def test_the_erasure_ledger_lies_in_the_instance_folder_or_where_it_is_wanted(monkeypatch, instance):
    assert load_settings().erasures == instance / "erasures"
    monkeypatch.setenv("ERASURE_LEDGER", "/srv/ledger/erasures")
    assert str(load_settings().erasures) == "/srv/ledger/erasures"
