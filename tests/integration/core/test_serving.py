"""``flask serve``, as ``make run`` calls it."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from app.core.settings import REPOSITORY
from tests.support.servers import Server

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def get(server, path):
    with urllib.request.urlopen(f"{server.origin}{path}", timeout=10) as answer:  # noqa: S310
        return answer.status, answer.headers, answer.read().decode()


def processes_of(group):
    """The processes that are still in a group."""
    found = []
    for number in (entry.name for entry in Path("/proc").iterdir()):
        if number.isdigit():
            try:
                if os.getpgid(int(number)) == group:
                    found.append(number)
            except ProcessLookupError:
                continue
    return found


def test_the_first_start_furnishes_the_house_and_the_second_finds_it_so(tmp_path):
    server = Server("", tmp_path / "instance", tmp_path / "log")
    with server.running():
        status, headers, first = get(server, "/de/")
        assert status == 200
        assert "Server" not in headers
        assert b"ads@demo.example" in server.log
    made = {path.name for path in (tmp_path / "instance").iterdir()}
    assert made >= {"teilhabekarte.sqlite", "queue.sqlite"}
    with server.running():
        assert get(server, "/de/")[2] == first


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_the_group_ends_everything(tmp_path, number):
    server = Server("", tmp_path / "instance", tmp_path / "log")
    with server.running():
        group = server.group
        assert len(processes_of(group)) >= 4
        os.killpg(group, number)
        assert server.process.wait(15) == 0
        assert processes_of(group) == []


def test_a_port_in_use_is_one_line_and_changes_nothing(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        answer = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", "serve"],
            cwd=REPOSITORY,
            env={**os.environ, "PORT": str(taken.getsockname()[1]), "INSTANCE_DIR": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert answer.returncode == 1
    assert len(answer.stderr.strip().splitlines()) == 1
    assert "PORT" in answer.stderr
    assert not (tmp_path / "teilhabekarte.sqlite").exists()


def test_without_a_demonstration_nobody_can_sign_in(tmp_path):
    server = Server("", tmp_path / "instance", tmp_path / "log")
    del server.environment["DEMO"]
    with server.running():
        assert b"demo.example" not in server.log
        assert "demo.example" not in get(server, "/de/account/login")[2]
    with socket.socket() as nobody:
        assert nobody.connect_ex(("127.0.0.1", server.port)) != 0
    import sqlite3

    with sqlite3.connect(tmp_path / "instance" / "teilhabekarte.sqlite") as connection:
        assert connection.execute("SELECT count(*) FROM account_user").fetchone() == (0,)
