"""What the manual for operators says is there."""

import re
import shutil
import subprocess

import pytest

from app.core.settings import REPOSITORY, Settings
from app.wiring import COMMANDS

MANUAL = REPOSITORY / "docs" / "operate"
PAGES = sorted(MANUAL.glob("*.md"))
UNITS = sorted([*MANUAL.glob("*.service"), *MANUAL.glob("*.timer")])


def described():
    """(name, default) of each setting in the tables."""
    found = {}
    for line in (MANUAL / "settings.md").read_text(encoding="utf-8").splitlines():
        cells = line.split("|")
        if len(cells) == 5 and "`" in cells[1]:
            names, defaults = (re.findall(r"`([^`]+)`", cell) for cell in cells[1:3])
            for number, name in enumerate(names):
                found[name] = defaults[number] if len(defaults) == len(names) else None
    return found


def test_every_setting_is_described_and_none_that_is_not_there():
    assert set(described()) == {name.upper() for name in Settings.model_fields}


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_the_default_is_the_one_that_is_described(name):
    default, said = Settings.model_fields[name].default, described()[name.upper()]
    if isinstance(default, (int, str)) and not isinstance(default, bool) and default:
        assert said == str(default)


def test_the_example_names_only_settings():
    lines = (MANUAL / "teilhabekarte.env").read_text(encoding="utf-8").splitlines()
    names = {match[1] for line in lines if (match := re.match(r"#?([A-Z_]+)=", line))}
    assert names <= {name.upper() for name in Settings.model_fields}
    assert "INSTANCE_DIR" in names


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_exists(page):
    groups = {command.name: command for command in COMMANDS}
    for words in re.findall(r"(?:\btk|--app wsgi) ([a-z-]+(?: [a-z-]+)?)", page.read_text(encoding="utf-8")):
        name, _, inner = words.partition(" ")
        # Flask-Migrate brings the group db of its own.
        if name in groups and hasattr(groups[name], "commands"):
            assert inner in groups[name].commands, f"{page.name}: {words}"
        else:
            assert name in {*groups, "db", "runs"}, f"{page.name}: {words}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_units_are_what_systemd_understands(tmp_path):
    systemd = shutil.which("systemd-analyze")
    if systemd is None:
        pytest.skip("there is no systemd-analyze")
    for unit in UNITS:
        words = unit.read_text(encoding="utf-8")
        # The program is not installed here.
        (tmp_path / unit.name).write_text(re.sub("^ExecStart=.*", "ExecStart=/bin/true", words, flags=re.MULTILINE))
    checked = subprocess.run(
        [systemd, "verify", *(str(tmp_path / unit.name) for unit in UNITS)], capture_output=True, text=True, check=False
    )
    assert checked.stderr == ""
    assert checked.returncode == 0


def test_nginx_lets_the_largest_upload_through_and_logs_nobody():
    site = (MANUAL / "nginx.conf").read_text(encoding="utf-8")
    most = int(re.search(r"client_max_body_size (\d+)m;", site)[1])
    assert most > 10 * Settings.model_fields["upload_max_mb"].default
    assert len(re.findall(r"access_log off;", site)) == site.count("server {")
    assert set(re.findall(r"error_log \S+ (\w+);", site)) == {"emerg"}
    assert "gzip off;" in site
    assert "add_header" not in site
