"""What a password must be: long, not common, and not made of what everybody knows about the person.

It opens the person's keys, so whoever guesses it from a stolen database reads what they read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache

from flask_babel import gettext as _
from zxcvbn import zxcvbn
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from app.accounts.domain import PASSWORD_MIN
from app.places import queries as places
from app.places.domain import NoCity

PASSWORD_MAX = 200
GUESSES_MIN = 10**10
"""Attempts that a guesser who knows words, names, dates and keyboards must need."""

_ESTIMATED = 72
"""More characters do not make the estimate any better, only slower."""

_PART_MIN = 4
"""Shorter parts of an address or a name stand in many passwords by chance."""

_HOUSE = ("teilhabe", "teilhabekarte")

_COMMON_GERMAN = ("passwort", "kennwort", "geheim", "hallo", "sommer", "winter", "herbst", "frühling", "schatz")
"""The bundled lists are English for the most part."""


def normalized(password: str) -> str:
    """The password in the form in which Flask-Security compares it, however the keyboard has put its signs together."""
    return unicodedata.normalize("NFKD", password)


def faults(password: str, *, email: str = "", title: str = "") -> list[str]:
    """Why a password will not do, each reason a sentence that says what helps; empty when it will.

    ``email`` and ``title`` are the person's.
    """
    plain = unicodedata.normalize("NFC", password)
    if len(plain) < PASSWORD_MIN:
        return [
            _(
                "This password is too short. Please use at least %(least)s characters, for example four words that"
                " have nothing to do with each other.",
                least=PASSWORD_MIN,
            )
        ]
    if len(plain) > PASSWORD_MAX:
        return [_("This password is too long. Please use at most %(most)s characters.", most=PASSWORD_MAX)]
    known = sorted(_known(email, title), key=len, reverse=True)
    folded = plain.casefold()
    for word in known:
        if word in folded and not _enough(folded.replace(word, ""), known):
            return [
                _(
                    "Your name, your address or the name of the city makes up too much of this password. Please use"
                    " words that nobody connects with you."
                )
            ]
    if folded in _common() or not _enough(plain, known):
        return [
            _(
                "This password is easy to guess: it is a common one, or made of common words, rows of keys or dates."
                " Please use four or more words that have nothing to do with each other, or let a password manager"
                " make one."
            )
        ]
    return []


def _enough(password: str, known: Iterable[str]) -> bool:
    """Whether a guesser who knows some words needs long enough."""
    if not password:
        return False
    return int(zxcvbn(password[:_ESTIMATED], user_inputs=[*known, *_COMMON_GERMAN])["guesses"]) >= GUESSES_MIN


def _known(email: str, title: str) -> Iterator[str]:
    """What everybody knows about the person, in small letters."""
    try:
        names = list(places.city().name.values())
    except NoCity:
        # The first administrator comes before the content.
        names = []
    for text in (email, title, *names, *_HOUSE):
        for part in re.split(r"[\W_]+", text.casefold()):
            if len(part) >= _PART_MIN:
                yield part


@cache
def _common() -> frozenset[str]:
    return frozenset(FREQUENCY_LISTS["passwords"])
