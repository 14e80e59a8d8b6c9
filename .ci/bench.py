"""How long some pages take, on this machine, one request after another: ``bench.py [path …]``."""

from __future__ import annotations

import statistics
import sys
import time
from http.client import HTTPConnection
from urllib.parse import urlsplit

from platform_on_loan import platform

from app.core.languages import LANGUAGES

ROUNDS = 60
WARM_UP = 10


def times(address: str, path: str) -> tuple[int, int, list[float]]:
    """Status, bytes and milliseconds of each request to a page."""
    connection = HTTPConnection(urlsplit(address).netloc, timeout=30)
    taken: list[float] = []
    status = size = 0
    for _ in range(ROUNDS):
        start = time.perf_counter()
        connection.request("GET", path, headers={"Accept-Encoding": "br, gzip"})
        response = connection.getresponse()
        status, size = response.status, len(response.read())
        taken.append((time.perf_counter() - start) * 1000)
    connection.close()
    return status, size, taken[WARM_UP:]


def main() -> int:
    """Print one line a page; a page that is in error makes it a failure."""
    worst = 0
    with platform() as address:
        print("median ms  95 % ms  slowest ms    bytes  status  page")
        for path in sys.argv[1:] or [f"/{code}/" for code in LANGUAGES]:
            status, size, taken = times(address, path)
            high = statistics.quantiles(taken, n=20)[-1]
            print(f"{statistics.median(taken):9.1f}{high:9.1f}{max(taken):12.1f}{size:9}{status:8}  {path}")
            worst = max(worst, status)
    return 1 if worst >= 400 else 0  # noqa: PLR2004


if __name__ == "__main__":
    sys.exit(main())
