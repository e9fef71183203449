"""Counts what this process does, for an operator's monitoring, in Prometheus' own words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily

ACKS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3)
"""Seconds: Slack waits for three."""
HANDLINGS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Depth = tuple[str, str, Mapping[str, float]]
"""A figure of the database: its name, what it tells, and its value by state ("" for the only)."""


class Metrics:
    """The counters of one process. The library's own registry is shared by all; this one is not."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._events = self._counter("events", "Events stored, or known before", "service", "known")
        self._refused = self._counter("requests_refused", "Requests turned away", "reason")
        self._handled = self._counter("events_handled", "Events, by how they ended", "outcome")
        self._posts = self._counter("posts", "Attempts to send a post", "service", "verdict")
        self._limited = self._counter("limited", "Refusals for coming too fast (429)", "scope")
        self._acks = self._histogram("ack_seconds", "From a request to its acknowledgement", ACKS)
        self._work = self._histogram("handling_seconds", "From a claim to the commit", HANDLINGS)

    def _counter(self, name: str, what: str, *labels: str) -> Counter:
        return Counter(f"madoguchi_{name}", what, labels, registry=self._registry)

    def _histogram(self, name: str, what: str, buckets: tuple[float, ...]) -> Histogram:
        return Histogram(f"madoguchi_{name}", what, registry=self._registry, buckets=buckets)

    def count_event(self, service: str, *, known: bool) -> None:
        """An event was stored; known: it had been before, and this was a redelivery or a replay."""
        self._events.labels(service, "yes" if known else "no").inc()

    def count_refused(self, reason: str) -> None:
        """A request that is forged, stale, a stranger's, malformed, or came at a bad time."""
        self._refused.labels(reason).inc()

    def count_handled(self, outcome: str) -> None:
        """done, refused (by a rule), failed (a bug), lost (to another worker)."""
        self._handled.labels(outcome).inc()

    def count_post(self, service: str, verdict: str) -> None:
        """What came of an attempt to send: Delivered, NotNow, Doubted and so on."""
        self._posts.labels(service, verdict).inc()

    def count_limited(self, scope: str) -> None:
        """tenant or conversation."""
        self._limited.labels(scope).inc()

    def observe_ack(self, seconds: float) -> None:
        self._acks.observe(seconds)

    def timing_work(self) -> AbstractContextManager[object]:
        """Measures how long the handling of an event takes that happens within."""
        return self._work.time()

    def render(self, depths: Iterable[Depth]) -> bytes:
        """All figures as text; depths are those of the database, read just now."""
        now = CollectorRegistry()
        now.register(_Depths(depths))
        return generate_latest(self._registry) + generate_latest(now)


class _Depths:
    """Figures that are read once and told once."""

    def __init__(self, depths: Iterable[Depth]) -> None:
        self._depths = tuple(depths)

    def collect(self) -> Iterable[GaugeMetricFamily]:
        for name, what, values in self._depths:
            labels = [] if "" in values else ["state"]
            family = GaugeMetricFamily(f"madoguchi_{name}", what, labels=labels)
            for state, value in values.items():
                family.add_metric([state] if labels else [], value)
            yield family
