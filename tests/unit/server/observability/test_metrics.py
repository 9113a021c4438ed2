from server.observability.metrics import Metrics


def test_requests_are_counted_by_route_and_status() -> None:
    metrics = Metrics()
    metrics.request("GET", "/api/me", 200, 0.01)
    metrics.request("BREW", "other", 405, 0.01)
    metrics.socket_refused("request.cross_site")
    text = metrics.text().decode()
    assert 'hearth_http_requests_total{method="GET",route="/api/me",status="200"} 1.0' in text
    assert 'method="other"' in text
    assert 'hearth_socket_refusals_total{why="request.cross_site"} 1.0' in text


def test_two_servers_count_apart() -> None:
    one, other = Metrics(), Metrics()
    one.csp_reports.inc()
    assert "hearth_csp_reports_total 1.0" in one.text().decode()
    assert "hearth_csp_reports_total 0.0" in other.text().decode()
