"""What somebody can work out from a published table: the feasible range of each number that is not in it.

A table with totals is a network: from a hub through one edge per row, one per cell and one per column back to the hub.
Every table that agrees with what was published is a whole-numbered flow in it. So a number's feasible values are all
whole numbers between its smallest and its largest flow, and a flow that cannot reach a wanted value leaves a cut of
edges that hold it back. Method: L. H. Cox, "Network models for complementary cell suppression", Journal of the American
Statistical Association 90 (1995), 1453-1462.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

Step = tuple[int, int, int]
"""An edge, +1 along or -1 against it, and the node it leads to."""


@dataclass(slots=True)
class Edge:
    """A number in the table: ``flow`` in one table that agrees with everything published, and its bounds."""

    tail: int
    head: int
    low: int
    high: int
    flow: int


class Network:
    """The tables that agree with what was published. It always holds one of them, at first the true one."""

    def __init__(self, nodes: int) -> None:
        """Start without edges. Nodes are numbered from 0."""
        self.edges: list[Edge] = []
        self._around: list[list[int]] = [[] for _ in range(nodes)]
        self._least: list[int] = []
        self._most: list[int] = []

    def add(self, tail: int, head: int, bounds: tuple[int, int], flow: int) -> int:
        """Add an edge with the lowest and highest value that a reader thinks possible; gives its number.

        Searches try edges in the order they were added: begin with those that many paths can use.
        """
        self.edges.append(Edge(tail, head, *bounds, flow))
        edge = len(self.edges) - 1
        self._around[tail].append(edge)
        self._around[head].append(edge)
        self._least.append(flow)
        self._most.append(flow)
        return edge

    def obstacle(self, edge: int, wanted: int) -> set[int] | None:
        """``None`` when some table that agrees has ``wanted`` on an edge, else one side of a cut that forbids it."""
        this = self.edges[edge]
        while not self._least[edge] <= wanted <= self._most[edge]:
            grows = this.flow < wanted
            start, goal = (this.head, this.tail) if grows else (this.tail, this.head)
            came = self._search(start, goal, edge)
            if goal not in came:
                return set(came)
            path = list(_back(came, goal))
            amount = min(abs(wanted - this.flow), *(self._room(number, sign) for number, sign in path))
            for number, sign in [*path, (edge, 1 if grows else -1)]:
                self.edges[number].flow += sign * amount
                self._least[number] = min(self._least[number], self.edges[number].flow)
                self._most[number] = max(self._most[number], self.edges[number].flow)
        return None

    def _room(self, number: int, sign: int) -> int:
        edge = self.edges[number]
        return edge.high - edge.flow if sign > 0 else edge.flow - edge.low

    def _steps(self, node: int, without: int) -> Iterator[Step]:
        """Where flow can be sent from a node."""
        for number in self._around[node]:
            edge = self.edges[number]
            if edge.tail == node:
                if edge.flow < edge.high and number != without:
                    yield number, 1, edge.head
            elif edge.flow > edge.low and number != without:
                yield number, -1, edge.tail

    def _before(self, goal: int, without: int) -> dict[int, tuple[int, int]]:
        """From where one step leads to the goal: with it most searches end after a few nodes."""
        found = {}
        for number in self._around[goal]:
            edge = self.edges[number]
            if edge.head == goal:
                if edge.flow < edge.high and number != without:
                    found[edge.tail] = (number, 1)
            elif edge.flow > edge.low and number != without:
                found[edge.head] = (number, -1)
        return found

    def _search(self, start: int, goal: int, without: int) -> dict[int, Step]:
        """The nodes that flow can be sent to, each with the step that led there and the node it came from."""
        came: dict[int, Step] = {start: (-1, 0, start)}
        before = self._before(goal, without)
        trail = [] if start in before else [(start, self._steps(start, without))]
        node = start
        while trail and node not in before:
            here, steps = trail[-1]
            for number, sign, other in steps:
                if other not in came:
                    came[other] = (number, sign, here)
                    trail.append((other, self._steps(other, without)))
                    node = other
                    break
            else:
                trail.pop()
        if node in before:
            came[goal] = (*before[node], node)
        return came


def _back(came: dict[int, Step], node: int) -> Iterator[tuple[int, int]]:
    """The steps of a path, from its end."""
    number, sign, node = came[node]
    while number >= 0:
        yield number, sign
        number, sign, node = came[node]
