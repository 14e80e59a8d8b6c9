"""``flask privacy``: what an operator does about keys, retention and the audit trail. Upper rooms add commands."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from app.core.database import db
from app.privacy import audit, domain, queries, recovery

cli = AppGroup("privacy", help="Keys, retention and the audit trail.")

ASKED_BACK = (3, 11)
"""Groups of the recovery key that have to be typed, to show that it was written down."""

GROUPS_A_LINE = 7


@cli.command("init")
@click.option("--replace", is_flag=True, help="The paper is lost: put a new key in the place of the old one.")
@click.option("--piped", is_flag=True, help="Talk to a pipe, not to a terminal. For tests: a pipe is often a log.")
def init(*, replace: bool, piped: bool) -> None:
    """Make the city's recovery key, to be written down on paper.

    It opens the mailbox of every office, and the backups. Nobody else can help an office whose people have all
    forgotten their passwords.
    """
    need_terminal(piped=piped)
    if queries.recovery_key() is not None and not replace:
        raise click.ClickException("there is a recovery key already; if its paper is lost, say --replace")
    if replace:
        click.confirm("Older backups open with the old key only. Replace it?", abort=True)
    private_key, _public = domain.new_key_pair()
    code = domain.recovery_code(private_key)
    click.echo("Write this down on paper, twice, and keep the papers in two safes. It is shown this once:\n")
    click.echo(shown(code))
    click.prompt("\nWhen it is written down, press Enter; then this screen is cleared", default="", show_default=False)
    click.clear()
    _ask_back(code.split("-"))
    audit.note("recovery_key_made", actor=None, subject=recovery.keep(private_key))
    db.session.commit()
    click.echo("The recovery key holds from now on. Each office's mailbox is sealed to it when one of its readers")
    click.echo("next signs in; the administrator's page says which ones still wait.")


def need_terminal(*, piped: bool) -> None:
    """Refuse to show or ask a recovery key where somebody might keep what is shown.

    Raises:
        click.ClickException: this is no terminal, and ``piped`` does not say that it is a test.
    """
    if not piped and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise click.ClickException("this needs a terminal: what is shown here must not end up in a file")


def shown(code: str) -> str:
    """A recovery key in numbered lines."""
    groups = code.split("-")
    lines = [groups[start : start + GROUPS_A_LINE] for start in range(0, len(groups), GROUPS_A_LINE)]
    return "\n".join(
        f"  {start * GROUPS_A_LINE + 1:>2}–{start * GROUPS_A_LINE + len(line):<2}  {'  '.join(line)}"
        for start, line in enumerate(lines)
    )


def _ask_back(groups: list[str]) -> None:
    """Go on only when the paper is legible.

    Raises:
        click.Abort: it was not written down; nothing is kept.
    """
    for number in ASKED_BACK:
        for _attempt in range(3):
            if click.prompt(f"Group {number} of your paper").strip().upper() == groups[number - 1]:
                break
            click.echo("That is not what was shown.")
        else:
            click.echo("Nothing was changed. Please begin again.")
            raise click.Abort
