"""Leaves entries in the audit trail from several threads at once: ``python -m tests.support.notes ADDRESS FOLDER``."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

THREADS, EACH = 4, 15


def main(address: str, folder: str) -> None:
    """Write as web servers do: each thread with a connection of its own, each entry with a commit of its own."""
    from app.core.database import db
    from app.privacy import audit
    from tests.support.databases import close, make_app

    app = make_app(address, Path(folder))

    def work(name: int) -> None:
        for number in range(EACH):
            with app.app_context():
                audit.note("case_note", actor=f"{name}", subject=f"{number}")
                db.session.commit()

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, range(THREADS)))
    close(app)


if __name__ == "__main__":
    main(*sys.argv[1:])
