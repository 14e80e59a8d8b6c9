"""A demonstration of the platform for as long as a ``with`` block lasts: own port, own data, nothing left behind."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

START_SECONDS = 60


@contextmanager
def platform() -> Iterator[str]:
    """Start it, and give its address."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "log").open("w+", encoding="utf-8") as log:
        settings = {"DEMO": "1", "HOST": "127.0.0.1", "PORT": str(port), "INSTANCE_DIR": folder, "LOG_LEVEL": "WARNING"}
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "serve"]
        server = subprocess.Popen(command, env=os.environ | settings, stdout=log, stderr=log)  # noqa: S603
        try:
            _wait(address, server)
            yield address
        except RuntimeError:
            log.seek(0)
            sys.stderr.write(log.read())
            raise
        finally:
            server.terminate()
            server.wait()


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    """Until the first answer, whatever it is."""
    for _ in range(START_SECONDS * 10):
        if server.poll() is not None:
            break
        try:
            urllib.request.urlopen(address, timeout=START_SECONDS).close()  # noqa: S310
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    message = "the platform did not start"
    raise RuntimeError(message)
