"""People at many browsers at once, who send reports to a running server and note what they were told."""

from __future__ import annotations

import http.client
import io
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from PIL import Image
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from app.reports.domain import new_nonce
from tests.support.clients import CheckingClient
from tests.support.walks import GAP, report_form, walk

PATIENCE_SECONDS = 60
PAUSE_SECONDS = 0.1
RECEIPT = re.compile(r'id="receipt">([\d\s]+)<')
BOUNDARY = "----the-tests-own-boundary"


def photograph(size: int = 1200) -> bytes:
    """A picture as a telephone takes it, smaller."""
    out = io.BytesIO()
    Image.effect_noise((size, size * 3 // 4), 60).convert("RGB").save(out, "JPEG", quality=80)
    return out.getvalue()


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of sending: the status, the seconds, and the receipt that was shown."""

    nonce: str
    status: int
    seconds: float
    receipt: str | None
    fault: str = ""


@dataclass
class Form:
    """The last page of a walk, filled in, to be sent again and again as different reports."""

    values: MultiDict[str, Any]
    files: Sequence[tuple[bytes, str]] = ()
    path: str = "/de/report"

    @classmethod
    def of(cls, app: Flask, answers: Mapping[str, Any] = GAP, files: Sequence[tuple[bytes, str]] = ()) -> Form:
        """Walk to the last page with an app on the same database as the server."""
        values = report_form(walk(CheckingClient(app), answers))
        values["go"] = "send"
        return cls(values, files)

    def body(self, nonce: str, changes: Mapping[str, str]) -> bytes:
        """The form as a browser would send it."""
        values = self.values.copy()
        values["nonce"] = nonce
        for name, value in changes.items():
            values[name] = value
        for content, name in self.files:
            values.add("files", FileStorage(io.BytesIO(content), name))
        return encode_multipart(values, BOUNDARY)[1]

    def send(self, port: int, nonce: str | None = None, **changes: str) -> Sent:
        """Send it to a server of this machine."""
        nonce = nonce or new_nonce()
        begun = time.perf_counter()
        try:
            status, text = post(port, self.path, self.body(nonce, changes), f"multipart/form-data; boundary={BOUNDARY}")
        except (OSError, http.client.HTTPException) as error:
            return Sent(nonce, 0, time.perf_counter() - begun, None, type(error).__name__)
        found = RECEIPT.search(text)
        receipt = re.sub(r"\D", "", found[1]) if found else None
        return Sent(nonce, status, time.perf_counter() - begun, receipt, "" if receipt else text[-3000:])


def post(port: int, path: str, body: bytes, content_type: str) -> tuple[int, str]:
    """One request on a connection of its own; gives status and page."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)) as connection:
        origin = f"http://127.0.0.1:{port}"
        headers = {"Content-Type": content_type, "Origin": origin, "Sec-Fetch-Site": "same-origin"}
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def opened(port: int, receipt: str) -> str:
    """The page that a receipt opens."""
    body = urlencode({"receipt": receipt}).encode()
    status, text = post(port, "/de/receipt", body, "application/x-www-form-urlencoded")
    assert status == 200, f"the receipt does not open: status {status}"
    return text


@dataclass
class Crowd:
    """People who send one report after another until they are stopped."""

    port: int
    form: Form
    people: int
    sent: list[Sent] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    """What was written, by nonce."""
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def begin(self) -> None:
        """Let everybody start."""
        for person in range(self.people):
            self._threads.append(threading.Thread(target=self._send_on, args=(person,)))
            self._threads[-1].start()

    def somebody_arrived(self) -> bool:
        """Whether anybody has a receipt by now."""
        return any(one.receipt for one in self.sent)

    def end(self) -> list[Sent]:
        """Let everybody finish what they have begun."""
        self._stop.set()
        for thread in self._threads:
            thread.join()
        return self.sent

    def _send_on(self, person: int) -> None:
        number = 0
        while not self._stop.is_set():
            number += 1
            nonce, text = new_nonce(), f"Meldung {number} von Person {person} an diesem Tag"
            self.texts[nonce] = text
            # Whoever gets no answer sends the same form again.
            while True:
                one = self.form.send(self.port, nonce, text=text)
                self.sent.append(one)
                if one.status or self._stop.wait(PAUSE_SECONDS):
                    break


def until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait for something."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)
