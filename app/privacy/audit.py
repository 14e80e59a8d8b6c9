"""The audit trail of staff: who opened or changed what, and when. Codes and opaque names, never content.

Every entry's digest covers the entry and the digest before it, so that nothing can be left out or changed unseen.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from hashlib import blake2b

from sqlalchemy import text

from app.core.clock import now
from app.core.database import db, write
from app.privacy import queries
from app.privacy.models import AuditEntry

_LOCK = 0x7E11
"""The number of PostgreSQL's advisory lock: of two entries at once the second waits for the first."""


def note(action: str, *, actor: str | None, subject: str | None = None, office_id: int | None = None) -> None:
    """Append an entry; it counts with the commit.

    ``actor`` is a person's principal (None: the system), ``subject`` a case number or a principal.
    """
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})
    at = now()
    before = queries.audit_head()
    write(
        AuditEntry,
        {
            "at": at,
            "actor": actor,
            "action": action,
            "subject": subject,
            "office_id": office_id,
            "digest": digest(before, at, actor, action, subject, office_id),
        },
    )


def digest(
    before: bytes, at: datetime, actor: str | None, action: str, subject: str | None, office_id: int | None
) -> bytes:
    """The digest of an entry after the one whose digest is ``before``."""
    entry = json.dumps([at.astimezone(UTC).isoformat(), actor, action, subject, office_id])
    return blake2b(entry.encode(), key=before, digest_size=32).digest()
