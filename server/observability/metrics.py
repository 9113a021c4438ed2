"""Counts for operators, in Prometheus text. Labels are routes and kinds, never ids or addresses."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

CONTENT_TYPE = "text/plain; version=0.0.4"


class Metrics:
    """All counts of one server, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "hearth_http_requests", "Requests answered", ("method", "route", "status"), registry=self.registry
        )
        self._seconds = Histogram(
            "hearth_http_seconds",
            "Time to answer",
            ("route",),
            registry=self.registry,
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
        )
        self.sockets = Gauge("hearth_sockets_open", "Meeting sockets open", registry=self.registry)
        self._socket_refusals = Counter(
            "hearth_socket_refusals", "Sockets refused before they opened", ("why",), registry=self.registry
        )
        self.csp_reports = Counter("hearth_csp_reports", "Reports of blocked content", registry=self.registry)

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """One request answered (status 0: the peer left first; 499: amid its body). `seconds` from its head to its last
        byte."""
        known = method if method in _METHODS else "other"
        self._requests.labels(known, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def socket_refused(self, why: str) -> None:
        """One WebSocket refused before it opened; `why` is one of a few words."""
        self._socket_refusals.labels(why).inc()

    def text(self) -> bytes:
        """Everything in Prometheus text format."""
        return generate_latest(self.registry)


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"})
