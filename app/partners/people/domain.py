"""Somebody who is to come to a partner desk. Values only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Whom to invite; ``title`` is the name of the desk."""

    email: str
    title: str
    language: str
