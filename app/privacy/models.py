"""Ciphertexts, who holds a key to them, who used it when, and nothing that says what they are about.

Principals are opaque: this room has no foreign key to a person, an office or a report.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.database import Base


class Principal(Base):
    """A holder of an X25519 key pair: a person, the mailbox of an office, or the city's offline recovery key.

    A mailbox whose key had to be changed names its successor; it stays until all its grants are sealed anew. A person
    who got a new key pair leaves the old principal behind as a mere name, for the audit trail: it opens nothing.
    """

    __tablename__ = "privacy_principal"
    __table_args__ = (
        CheckConstraint("kind IN ('person', 'mailbox', 'recovery')", name="kind_known"),
        Index(
            "uq_privacy_principal_one_recovery",
            "kind",
            unique=True,
            sqlite_where=text("kind = 'recovery'"),
            postgresql_where=text("kind = 'recovery'"),
        ),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    successor_id: Mapped[str | None] = mapped_column(ForeignKey("privacy_principal.id"), index=True)


class Vault(Base):
    """A person's private key, wrapped by a key from their password (Argon2id)."""

    __tablename__ = "privacy_vault"
    principal_id: Mapped[str] = mapped_column(ForeignKey("privacy_principal.id", ondelete="CASCADE"), primary_key=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    operations: Mapped[int]
    memory: Mapped[int]
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)


class Holding(Base):
    """The private key of a mailbox, sealed to a person who works there or to the recovery key."""

    __tablename__ = "privacy_holding"
    mailbox_id: Mapped[str] = mapped_column(ForeignKey("privacy_principal.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[str] = mapped_column(
        ForeignKey("privacy_principal.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    sealed_key: Mapped[bytes] = mapped_column(LargeBinary)


class Box(Base):
    """A sealed box with a key of its own; its contents are ``Sealed``."""

    __tablename__ = "privacy_box"
    id: Mapped[str] = mapped_column(primary_key=True)
    made_at: Mapped[datetime] = mapped_column(default=now)


class Grant(Base):
    """The key of a box, sealed to one principal. The only way in besides the receipt."""

    __tablename__ = "privacy_grant"
    box_id: Mapped[str] = mapped_column(ForeignKey("privacy_box.id", ondelete="CASCADE"), primary_key=True)
    principal_id: Mapped[str] = mapped_column(
        ForeignKey("privacy_principal.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    sealed_key: Mapped[bytes] = mapped_column(LargeBinary)


class Receipt(Base):
    """What a receipt's digits find: ``lookup`` is derived from them apart from the key that wraps the box key.

    When the box is destroyed the row stays without it, so that a form sent again does not bring the report back.

    ``public_key`` lets somebody without the receipt put further boxes to it; the private half is wrapped by a key from
    the digits. Receipts from before there were such pairs have none until they are exchanged.
    """

    __tablename__ = "privacy_receipt"
    lookup: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    box_id: Mapped[str | None] = mapped_column(ForeignKey("privacy_box.id", ondelete="SET NULL"), unique=True)
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)
    public_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    wrapped_private: Mapped[bytes | None] = mapped_column(LargeBinary)


class Further(Base):
    """A further box that a receipt opens: its key, sealed to the public key of the receipt."""

    __tablename__ = "privacy_further"
    box_id: Mapped[str] = mapped_column(ForeignKey("privacy_box.id", ondelete="CASCADE"), primary_key=True)
    receipt_lookup: Mapped[bytes] = mapped_column(
        LargeBinary, ForeignKey("privacy_receipt.lookup", ondelete="CASCADE"), index=True
    )
    sealed_key: Mapped[bytes] = mapped_column(LargeBinary)
    enclosed_at: Mapped[datetime] = mapped_column(default=now)


class Sealed(Base):
    """One ciphertext in a box. ``label`` is bound into it, so that contents cannot be swapped."""

    __tablename__ = "privacy_sealed"
    id: Mapped[str] = mapped_column(primary_key=True)
    box_id: Mapped[str] = mapped_column(ForeignKey("privacy_box.id", ondelete="CASCADE"), index=True)
    label: Mapped[str]
    ciphertext: Mapped[bytes] = mapped_column(LargeBinary)


class AuditEntry(Base):
    """Who did what, when: codes and opaque names only. ``digest`` chains each entry to all before it.

    Rows are only ever appended: triggers, which the migration makes, refuse everything else.
    """

    __tablename__ = "privacy_audit"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str | None]
    action: Mapped[str]
    subject: Mapped[str | None] = mapped_column(index=True)
    office_id: Mapped[int | None]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
