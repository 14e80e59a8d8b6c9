"""Keys for what partners bring in."""

from __future__ import annotations

import re
import secrets
import unicodedata

_KEY_SIGNS = re.compile(r"[^a-z0-9]+")


def new_key(name: str, otherwise: str) -> str:
    """A key that says a little of the name and is nobody else's; it begins with ``otherwise`` if that says nothing."""
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    words = _KEY_SIGNS.sub("-", plain).strip("-")[:40].strip("-")
    return f"{words or otherwise}-{secrets.token_hex(3)}"
