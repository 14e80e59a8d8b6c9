"""What every HTML page of the house must be, whatever it shows. The test client looks at each page it fetches."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib

from app.core.languages import LANGUAGES

REFERENCES = (
    "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "aria-details", "aria-errormessage",
    "aria-activedescendant", "aria-flowto", "headers",
)  # fmt: skip
LABELABLE = {"button", "input", "meter", "output", "progress", "select", "textarea"}
UNLABELLED_INPUTS = {"hidden", "submit", "reset", "button", "image"}
LOADING = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src", "object": "data"}
NONCE = re.compile(r"'nonce-([^']+)'")
LEFTOVER = re.compile(r"%\(\w+\)[sd]|\{\{|\}\}|\{%|<built-in|object at 0x|LazyString")


def faults(html: str, policy: str = "") -> list[str]:
    """Everything that is wrong with a page. ``policy`` is its Content-Security-Policy."""
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False)
    root = parser.parse(html)
    found = [
        f"line {position[0]}: {code} {details or ''}".strip()
        for position, code, details in parser.errors
        # A sign that nobody can see, given back to whoever has sent it, is no fault of the page.
        if code != "invalid-codepoint"
    ]
    for look in (_frame, _headings, _forms, _ids, _references, _labels, _images, _loads):
        found += look(root)
    found += _inline(root, NONCE.findall(policy))
    found += _leftovers(root)
    return found


def _text(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _frame(root: Element) -> Iterator[str]:
    language = LANGUAGES.get(root.get("lang", ""))
    if language is None:
        yield f"html has lang={root.get('lang')!r}"
    elif root.get("dir", "ltr") != language.direction:
        yield f"html lang={language.code} has dir={root.get('dir')!r}"
    titles = [title for title in root.iterfind("head/title") if _text(title)]
    if len(titles) != 1:
        yield "the page has no title, or more than one"
    if root.find("body//main") is None:
        yield "the page has no main"
    viewport = root.find("head/meta[@name='viewport']")
    if viewport is None or re.search(r"user-scalable|maximum-scale", viewport.get("content", "")):
        yield "the viewport is missing, or forbids zooming"


def _headings(root: Element) -> Iterator[str]:
    ones = [_text(heading) for heading in root.iter("h1")]
    if len(ones) != 1 or not ones[0]:
        yield f"the page has not one h1 but {ones}"
    for level in range(2, 7):
        for heading in root.iter(f"h{level}"):
            if not _text(heading):
                yield f"an h{level} is empty"


def _forms(root: Element) -> Iterator[str]:
    for form in root.iter("form"):
        if not form.get("action") or form.get("method", "").lower() not in {"get", "post"}:
            yield f"a form has action={form.get('action')!r}, method={form.get('method')!r}"
        elif urlsplit(form.get("action", "")).netloc:
            yield f"a form is sent to another host: {form.get('action')}"
    for button in root.iter("button"):
        if not (_text(button) or button.get("aria-label") or button.get("aria-labelledby")):
            yield f"a button says nothing: {button.attrib}"


def _ids(root: Element) -> Iterator[str]:
    seen: set[str] = set()
    for element in root.iter():
        identity = element.get("id")
        if identity is not None:
            if identity in seen or not identity or " " in identity:
                yield f"id {identity!r} is used twice, or is none"
            seen.add(identity)


def _references(root: Element) -> Iterator[str]:
    seen = {element.get("id") for element in root.iter()} - {None}
    for element in root.iter():
        for name in REFERENCES:
            for target in element.get(name, "").split():
                if target not in seen:
                    yield f"{element.tag} {name}={target!r} leads nowhere"
        for name in ("form", "list", "popovertarget"):
            if element.get(name) and element.get(name) not in seen:
                yield f"{element.tag} {name}={element.get(name)!r} leads nowhere"
        address = element.get("href", "")
        if element.tag == "a" and address.startswith("#") and address[1:] not in seen:
            yield f"link {address!r} leads nowhere"


def _labels(root: Element) -> Iterator[str]:
    by_id = {element.get("id"): element for element in root.iter() if element.get("id")}
    labelled = set()
    for label in root.iter("label"):
        target = label.get("for")
        if not _text(label):
            yield f"the label for {target!r} is empty"
        if target is None:
            labelled |= {id(element) for element in label.iter() if element.tag in LABELABLE}
        elif target not in by_id or by_id[target].tag not in LABELABLE:
            yield f"label for={target!r} leads to no control"
        else:
            labelled.add(id(by_id[target]))
    for control in _controls(root):
        named = control.get("aria-label") or control.get("aria-labelledby")
        if not named and id(control) not in labelled:
            yield f"{control.tag} {control.get('name')!r} has no label"


def _controls(root: Element) -> Iterator[Element]:
    for tag in ("input", "select", "textarea"):
        for control in root.iter(tag):
            if tag != "input" or control.get("type", "text") not in UNLABELLED_INPUTS:
                yield control


def _images(root: Element) -> Iterator[str]:
    for image in root.iter("img"):
        if image.get("alt") is None:
            yield f"an image has no alt: {image.get('src')}"


def _loads(root: Element) -> Iterator[str]:
    for tag, name in LOADING.items():
        for element in root.iter(tag):
            parts = urlsplit(element.get(name, ""))
            links_only = tag == "link" and element.get("rel") in {"alternate", "canonical"}
            if parts.netloc and not links_only:
                yield f"{tag} loads from another host: {element.get(name)}"


def _inline(root: Element, nonces: list[str]) -> Iterator[str]:
    for element in root.iter():
        if element.get("style") is not None:
            yield f"{element.tag} has an inline style"
        for name in element.attrib:
            if name.startswith("on"):
                yield f"{element.tag} has an inline script: {name}"
        if element.get("href", "").startswith("javascript:"):
            yield f"{element.tag} has an inline script: href"
    for style in root.iter("style"):
        if style.get("nonce") not in nonces:
            yield "a style element has no nonce of this answer"
    for script in root.iter("script"):
        data = script.get("type", "") in {"application/json", "application/ld+json", "application/geo+json"}
        if script.get("src") is None and not data and script.get("nonce") not in nonces:
            yield "an inline script has no nonce of this answer"


def _leftovers(root: Element) -> Iterable[str]:
    body = root.find("body")
    if body is None:
        return
    for element in body.iter():
        if element.tag in {"script", "style"}:
            continue
        for text in (element.text, element.tail):
            match = LEFTOVER.search(text or "")
            if match:
                yield f"a placeholder was left: {match[0]!r}"
