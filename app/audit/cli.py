"""``flask privacy verify-audit``: whether the audit trail is whole."""

from __future__ import annotations

import sys

import click

from app.core.database import intent
from app.privacy import audit
from app.privacy.cli import cli

BROKEN, HEAD_MISSING = 1, 3
"""Exit codes. 2 is a wrong call."""


class Head(click.ParamType[bytes]):
    """A head as the daily mail writes it."""

    name = "head"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> bytes:
        """The bytes of 64 hexadecimal digits, however they are grouped."""
        try:
            head = bytes.fromhex(str(value))
        except ValueError:
            head = b""
        if len(head) != audit.DIGEST_SIZE:
            self.fail(f"a head has {2 * audit.DIGEST_SIZE} hexadecimal digits", param, ctx)
        return head


@cli.command("verify-audit")
@click.option("--head", type=Head(), help="A head from a daily mail: the trail must still contain it.")
def verify_audit(head: bytes | None) -> None:
    """Compute the chain of the audit trail again, and compare.

    Ends with 0 when the trail is whole, with 1 when an entry was changed, removed or put in between, and with 3 when
    the chain is whole but does not contain the head that was given: then it was cut off or written anew.
    """
    with intent(writes=False):
        verdict = audit.verify(head)
    if verdict.broken is not None:
        entry, at = verdict.broken
        click.echo(f"BROKEN: entry {entry} of {at.isoformat()} does not follow from those before it.", err=True)
        click.echo(f"{verdict.entries} entries before it are in order.", err=True)
        sys.exit(BROKEN)
    click.echo(f"{verdict.entries} entries, each follows from the one before.")
    click.echo(f"Head: {verdict.head.hex() or '(the trail is empty)'}")
    if not verdict.holds_given_head:
        click.echo(
            "MISSING: the head that was given is not among them. Entries were cut off or written anew.", err=True
        )
        sys.exit(HEAD_MISSING)
    if head is not None:
        click.echo("The head that was given is among them.")
