"""Requests as somebody makes them who does not keep to the forms: generated from the URL map and the forms on pages."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from hypothesis import strategies as st
from sqlalchemy import text
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app.core.database import db
from tests.support.clients import CheckingClient
from tests.support.forms import soup, values_of
from tests.support.statements import statements, writes

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "CONNECT", "GEHEIM")
DEEP = 3_000
HIDDEN = (
    "office", "office_id", "fallback_office_id", "state", "number", "restricted", "purged_at", "box_id", "user_id",
    "principal_id", "role", "roles", "permission", "is_admin", "active", "csrf_token", "next", "_method", "version",
    "actor", "consents", "purpose", "confirm", "receipt", "nonce", "passed", "seen_route", "proof", "files", "page",
    "go",
)  # fmt: skip
"""Names that a form may not even have."""

WORDS = (
    "", "0", "-1", "1", "999999999999999999999999", "1e309", "NaN", "null", "true", "[]", "{}", "٠١٢", "½",
    "../../etc/passwd", "..%2f", "' OR 1=1 --", '"><script>alert(1)</script>', "{{7*7}}", "%s%s%n", "$(id)",
    "\x00", "a\x00b", "\r\nSet-Cookie: a=b", "\u202e", "\ufeff", "\U0001f600", "e\u0301" * 50, "\uffff",
    "administrator", "closed", "withdrawn", "reading", "ads", "soziales", "send", "y", "yes", "on",
)  # fmt: skip
"""Values that somebody tries."""


@dataclass
class Target:
    """A way to call a route. ``names`` are the fields of forms that lead there, ``known`` values of path arguments."""

    rule: Rule
    names: tuple[str, ...] = ()
    known: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def address(self, data: st.DataObject) -> str:
        """An address that the rule matches, or nearly does."""
        parts: list[str] = []
        for dynamic, part in self.rule._trace:
            if not dynamic:
                parts.append(part)
            elif part == "lang":
                parts.append(data.draw(st.sampled_from(("de", "en", "ar", "de-simple")), label="lang"))
            else:
                values = (*self.known.get(part, ()), "x", "0", "999999", "9" * 40, "%00", "..%2f..", "%ff", "٣")
                parts.append(data.draw(st.sampled_from(values), label=part))
        return "".join(parts).lstrip("|")


def targets(app: Flask, pages: Iterable[Any], known: Mapping[str, tuple[str, ...]]) -> list[Target]:
    """Every route, with the fields of the forms on some pages."""
    names: dict[str, set[str]] = {}
    adapter = app.url_map.bind("localhost")
    for page in pages:
        for form in soup(page).select("form"):
            endpoint, _values = adapter.match(str(form["action"]).partition("?")[0], method=str(form["method"]).upper())
            names.setdefault(endpoint, set()).update(values_of(form))
            names[endpoint] |= {str(button["name"]) for button in form.select("button[name]")}
    rules = sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))
    return [Target(rule, tuple(sorted(names.get(rule.endpoint, ()))), known) for rule in rules]


# What is tampered with -----------------------------------------------------------------------------------------------

words = st.one_of(st.sampled_from(WORDS), st.text(max_size=40), st.integers().map(str))


def _name(target: Target) -> st.SearchStrategy[str]:
    return st.sampled_from((*target.names, *HIDDEN))


def _form(data: st.DataObject, target: Target) -> list[tuple[str, str]]:
    return data.draw(st.lists(st.tuples(_name(target), words), max_size=12), label="form")


def _typed(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    typed: dict[str, list[str]] = {}
    for name, value in pairs:
        typed.setdefault(name, []).append(value)
    return typed


def forged(data: st.DataObject, target: Target) -> dict[str, Any]:
    """Values that no page offers."""
    return {"data": _typed(_form(data, target))}


def repeated(data: st.DataObject, target: Target) -> dict[str, Any]:
    """One field many times."""
    name = data.draw(_name(target), label="name")
    return {"data": {name: data.draw(st.lists(words, min_size=2, max_size=30), label="values")}}


def overlong(data: st.DataObject, target: Target) -> dict[str, Any]:
    """Too much of everything."""
    name, much = data.draw(_name(target), label="name"), data.draw(st.sampled_from((10_001, 70_000, 300_000)))
    return data.draw(
        st.sampled_from((
            {"data": {name: "ä" * much}},
            {"data": {"n" * much: "x"}},
            {"data": {f"field-{number}": "x" for number in range(1_500)}},
            {"data": {name: ["x"] * 1_500}},
            {"data": b"&" * much, "content_type": "application/x-www-form-urlencoded"},
            {"data": b"x" * 1_200_000, "content_type": "application/x-www-form-urlencoded"},
            {"query_string": {name: "x" * min(much, 60_000)}},
            {"headers": {"Accept-Language": "de," * min(much, 60_000)}},
            {"headers": {"Cookie": "session=" + "x" * min(much, 60_000)}},
        )),
        label="too much",
    )  # fmt: skip


def mistyped(data: st.DataObject, target: Target) -> dict[str, Any]:
    """A content type that does not fit, or a body that does not fit it."""
    body = "&".join(f"{name}={value}" for name, value in _form(data, target)).encode("utf-8", "surrogatepass")
    kind = data.draw(
        st.sampled_from((
            "application/json", "text/plain", "text/xml", "application/octet-stream", "multipart/form-data", "",
            "multipart/form-data; boundary=", "multipart/form-data; boundary=x", "multipart/mixed; boundary=x", "x",
            "application/x-www-form-urlencoded; charset=utf-16", "application/x-www-form-urlencoded; charset=\xff",
        )),
        label="content type",
    )  # fmt: skip
    return {"data": body, "content_type": kind}


def deep(data: st.DataObject, target: Target) -> dict[str, Any]:
    """JSON three thousand levels deep, as a body and as a value."""
    open_, close = data.draw(st.sampled_from((("[", "]"), ('{"a":', "}"), ("[{", "}]"))), label="brackets")
    said = open_ * DEEP + close * DEEP
    if data.draw(st.booleans(), label="as a value"):
        return {"data": {data.draw(_name(target), label="name"): said}}
    return {"data": said, "content_type": "application/json"}


def as_json(data: st.DataObject, target: Target) -> dict[str, Any]:
    """The form as JSON, with values of other kinds."""
    value = st.recursive(st.none() | st.booleans() | st.integers() | words, lambda one: st.lists(one, max_size=3))
    body = data.draw(st.dictionaries(_name(target), value, max_size=6), label="json")
    return {"data": json.dumps(body), "content_type": "application/json", "headers": {"Accept": "application/json"}}


def wrongly_encoded(data: st.DataObject, target: Target) -> dict[str, Any]:
    """Bytes that are no text."""
    name = data.draw(_name(target), label="name").encode()
    value = data.draw(
        st.sampled_from((b"%ff%fe", b"\xff\xfe", b"%c0%af", b"%ed%a0%80", b"%00", b"%", b"%zz", b"%u0000", b"+AD4-"))
        | st.binary(max_size=60),
        label="bytes",
    )
    if data.draw(st.booleans(), label="in parts"):
        body = b'--x\r\nContent-Disposition: form-data; name="%b"; filename="%b"\r\n\r\n%b\r\n--x--\r\n'
        quoted = value.replace(b"\r", b"").replace(b"\n", b"")
        return {"data": body % (name, quoted, value), "content_type": "multipart/form-data; boundary=x"}
    return {"data": name + b"=" + value, "content_type": "application/x-www-form-urlencoded"}


def in_the_address(data: st.DataObject, target: Target) -> dict[str, Any]:
    """Fields where none belong."""
    return {"query_string": _typed(_form(data, target))}


def by_headers(data: st.DataObject, target: Target) -> dict[str, Any]:
    """Headers that some frameworks believe."""
    name = data.draw(
        st.sampled_from((
            "X-HTTP-Method-Override", "X-Forwarded-For", "X-Forwarded-User", "Remote-User", "Authorization", "Host",
            "X-Original-URL", "Cookie", "Range", "If-None-Match", "Content-Encoding", "X-Forwarded-Prefix", "Accept",
        )),
        label="header",
    )  # fmt: skip
    value = data.draw(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60), label="value")
    return {"headers": {name: value}}


KINDS = (forged, repeated, overlong, mistyped, deep, as_json, wrongly_encoded, in_the_address, by_headers)


# What changes --------------------------------------------------------------------------------------------------------

DECLARED = frozenset({"privacy_audit", "account_vault_session", "core_heartbeat"})
"""Tables that a request may write whatever it asks for: the trail of those who are signed in, and their sessions."""


def contents() -> dict[str, list[str]]:
    """Everything in the database but what is declared, by table."""
    found = {}
    for table in db.metadata.sorted_tables:
        if table.name not in DECLARED:
            left_out = {"fs_uniquifier", "tf_last_counter"} if table.name == "account_user" else set()
            # Without their types: a geometry would be a new object each time.
            names = ", ".join(f'"{column.name}"' for column in table.columns if column.name not in left_out)
            rows = db.session.execute(text(f'SELECT {names} FROM "{table.name}"'))  # noqa: S608
            found[table.name] = sorted(repr(tuple(row)) for row in rows)
    db.session.rollback()
    return found


class Unchanged:
    """Watches over the database: no request may change it."""

    def __init__(self, app: Flask) -> None:
        """Note what is there now."""
        self.app, self.before = app, contents()

    def check(self) -> None:
        """Compare everything."""
        now = contents()
        assert [name for name, rows in now.items() if rows != self.before[name]] == []

    def ask(self, client: CheckingClient, address: str, method: str = "POST", **request: Any) -> TestResponse:
        """Send a request; what it writes must be undone, and its answer no fault of ours."""
        with statements(self.app) as said:
            answer = client.open(address, method=method, **request)
        # There is no worker beside a test, and that is what this page says.
        honest = answer.status_code < 500 or (answer.status_code, answer.request.path) == (503, "/readyz")
        assert honest, f"{method} {address}: {answer.status_code}"
        if any(writes(one) and not declared(one) for one in said):
            self.check()
        return answer


def declared(statement: str) -> bool:
    """Whether a statement writes what requests may write."""
    words = statement.split()
    table = words[1] if words[0].upper() == "UPDATE" else words[2]
    return table.strip('"') in DECLARED
