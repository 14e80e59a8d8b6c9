"""What a browser would send of a form on a page."""

from __future__ import annotations

from typing import Any

from bs4 import BeautifulSoup, Tag
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse


def soup(response: TestResponse) -> BeautifulSoup:
    """A page, to look at."""
    return BeautifulSoup(response.get_data(as_text=True), "html5lib")


def form_of(response: TestResponse, action: str | None = None, position: int = -1) -> Tag:
    """A form of a page: in its main part, the last one, or the one with an action.

    Raises:
        LookupError: there is none.
    """
    forms = [form for form in soup(response).select("main form") if action is None or form.get("action") == action]
    if not forms:
        message = f"no form with action {action!r} on {response.request.path}"
        raise LookupError(message)
    return forms[position]


def values_of(form: Tag) -> MultiDict[str, Any]:
    """The values a form has now, without its buttons."""
    values: MultiDict[str, Any] = MultiDict()
    for control in form.select("input, select, textarea"):
        name = str(control.get("name", ""))
        kind = str(control.get("type", "text")) if control.name == "input" else control.name
        if not name or kind in {"submit", "button", "file", "image", "reset"} or control.has_attr("disabled"):
            continue
        if kind in {"radio", "checkbox"}:
            if control.has_attr("checked"):
                values.add(name, control.get("value", "on"))
        elif kind == "select":
            chosen = control.select("option[selected]") or control.select("option")[:1]
            for option in chosen:
                values.add(name, option.get("value", option.get_text()))
        elif kind == "textarea":
            values.add(name, control.get_text().removeprefix("\n"))
        else:
            values.add(name, control.get("value", ""))
    return values


def fill_form(
    response: TestResponse, action: str | None = None, position: int = -1, **changes: Any
) -> MultiDict[str, Any]:
    """A form's values with changes; a list gives several values, None leaves a field out."""
    values = values_of(form_of(response, action, position))
    for name, value in changes.items():
        values.setlist(name, [] if value is None else list(value) if isinstance(value, (list, tuple)) else [value])
    return values


def changed(values: MultiDict[str, Any], **changes: Any) -> MultiDict[str, Any]:
    """A copy of values in which some are replaced."""
    copy = values.copy()
    for name, value in changes.items():
        copy.setlist(name, [value])
    return copy
