"""Languages: which there are, which one a page is in, and how its address says so."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from babel import Locale
from babel.lists import format_list
from flask import g, has_app_context, request, url_for
from flask_babel import Babel, Domain, force_locale, get_locale, get_translations
from jinja2 import pass_eval_context
from markupsafe import Markup, escape
from werkzeug.routing import BaseConverter

from app.core.choices import chosen
from app.core.texts import Localized, Shown

if TYPE_CHECKING:
    from babel.support import Translations
    from flask import Flask
    from jinja2.nodes import EvalContext

babel = Babel()


@dataclass(frozen=True, slots=True)
class Language:
    """A language that a page can be in.

    ``code`` stands in addresses and in HTML (BCP 47), ``locale`` names the gettext catalogue, ``name`` is the
    language's own name, ``reviewed`` tells whether a native speaker has read the translation.
    """

    code: str
    locale: str
    name: str
    direction: str = "ltr"
    reviewed: bool = False

    @property
    def formal(self) -> str:
        """The code that dates, numbers and fonts understand."""
        return self.code.split("-", 1)[0]


LANGUAGES: dict[str, Language] = {
    language.code: language
    for language in (
        Language("de", "de", "Deutsch", reviewed=True),
        Language("de-simple", "de@simple", "Einfache Sprache"),
        Language("en", "en", "English"),
        Language("ar", "ar", "العربية", "rtl"),
    )
}
"""The languages of everything a resident sees, in the order of the switch."""

OFFICE_LANGUAGES = ("de", "en")
"""The languages of the areas for offices and partners."""

DEFAULT = "de"

CHOICE = "languages"
"""The name of the city's choice among the languages."""


class LanguageConverter(BaseConverter):
    """The first part of an address: one of the languages."""

    regex = "|".join(LANGUAGES)


def language() -> Language:
    """The language of the page that is being made; German where none is asked for."""
    return LANGUAGES[g.get("language", DEFAULT)] if has_app_context() else LANGUAGES[DEFAULT]


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Say everything in another language for a while, also outside a request."""
    before = {name: g.pop(name, None) for name in ("language", "catalogue")}
    g.language = code
    try:
        with force_locale(LANGUAGES[code].locale):
            yield
    finally:
        for name, value in before.items():
            g.pop(name, None)
            if value is not None:
                setattr(g, name, value)


def offered() -> tuple[Language, ...]:
    """The languages that the city offers to residents, in the order of the switch. German is always among them."""
    if "offered" not in g:
        wanted = {DEFAULT, *chosen(CHOICE, tuple(LANGUAGES))}
        g.offered = tuple(one for code, one in LANGUAGES.items() if code in wanted)
    found: tuple[Language, ...] = g.offered
    return found


def offers(code: str) -> bool:
    """Whether residents are offered a language."""
    return any(one.code == code for one in offered())


def preferred() -> str:
    """The best language for a first visit, from what the browser asks for."""
    return request.accept_languages.best_match([one.code for one in offered()], default=DEFAULT) or DEFAULT


def twins() -> dict[str, str]:
    """The address of the present page in each language it exists in, by language code."""
    if request.endpoint is None or request.view_args is None or "lang" not in getattr(g, "address_arguments", {}):
        return {code: url_for("site.home", lang=code) for code in _offered_here()}
    codes = _offered_here()
    # What an address asks for must not become an argument of url_for, which has names of its own, such as "endpoint".
    asked = urlencode(list(request.args.items(multi=True)))
    return {
        code: url_for(request.endpoint, **(request.view_args | {"lang": code})) + (f"?{asked}" if asked else "")
        for code in codes
    }


def _offered_here() -> tuple[str, ...]:
    return OFFICE_LANGUAGES if getattr(g, "office_page", False) else tuple(one.code for one in offered())


def in_office_languages(words: object) -> dict[str, str]:
    """A text in each language of offices: what is kept is read by somebody later, perhaps in another language."""
    return all_in_office_languages([words])[0]


def all_in_office_languages(words: Iterable[object]) -> list[dict[str, str]]:
    """Many texts like :func:`in_office_languages`; each language is turned to once."""
    kept = list(words)
    said: list[dict[str, str]] = [{} for _one in kept]
    for code in OFFICE_LANGUAGES:
        with speaking(code):
            for by_code, one in zip(said, kept, strict=True):
                by_code[code] = str(one)
    return said


def in_language(text: Localized | None) -> Shown:
    """A text of the content in the page's language, or its fallback."""
    return (text or Localized()).shown(language().code)


def shown(text: Localized | None) -> Markup:
    """HTML of a text of the content; a passage in another language than the page says so to screen readers."""
    passage = in_language(text)
    if passage.language == language().code or not passage.text:
        return escape(passage.text)
    other = LANGUAGES.get(passage.language)
    direction = other.direction if other else "auto"
    return Markup('<span lang="{}" dir="{}">{}</span>').format(passage.language, direction, passage.text)


_locale = functools.cache(Locale.parse)


class Catalogues(Domain):
    """Flask-Babel's catalogues, looked for once a page rather than at every word."""

    def get_translations(self) -> Translations:
        """The catalogue in the page's language."""
        if "catalogue" not in g:
            g.catalogue = super().get_translations()
        found: Translations = g.catalogue
        return found


@pass_eval_context
def _said(context: EvalContext, words: str, **values: object) -> str:
    """What ``_('…')`` says in templates."""
    said: str = get_translations().gettext(words)
    if context.autoescape:
        said = Markup(said)  # noqa: S704 - our own words; what is put in between is escaped
    return said % values if values or "%" in said else said


def listed(names: Iterable[object]) -> str:
    """Several names as one phrase, joined as the page's language does."""
    phrase: str = format_list([str(name) for name in names], locale=get_locale())
    return phrase


def init_languages(app: Flask) -> None:
    """Teach the app the ``/<lang:lang>/`` prefix, the catalogues and the template filters."""
    app.url_map.converters["lang"] = LanguageConverter
    app.config.update(
        BABEL_DEFAULT_LOCALE=DEFAULT,
        BABEL_DEFAULT_TIMEZONE="Europe/Berlin",
        # Two catalogues: what offices see in two languages, what residents see in all. The last one that exists rules
        # the plural forms.
        BABEL_TRANSLATION_DIRECTORIES="../translations;../translations",
        BABEL_DOMAIN="offices;messages",
    )
    babel.init_app(app, locale_selector=lambda: _locale(language().locale))
    babel.domain_instance = Catalogues(domain=app.config["BABEL_DOMAIN"])
    app.jinja_env.globals.update(_=_said, gettext=_said)

    @app.url_value_preprocessor
    def take_language(_endpoint: str | None, values: dict[str, Any] | None) -> None:
        if values and "lang" in values:
            g.address_arguments = dict(values)
            g.language = values.pop("lang")

    @app.url_defaults
    def give_language(endpoint: str, values: dict[str, Any]) -> None:
        if "lang" not in values and app.url_map.is_endpoint_expecting(endpoint, "lang"):
            values["lang"] = language().code

    app.jinja_env.filters.update(shown=shown, listed=listed)
    app.jinja_env.globals.update(
        language=language, languages=LANGUAGES, offered_languages=offered, twins=twins, get_locale=get_locale
    )
