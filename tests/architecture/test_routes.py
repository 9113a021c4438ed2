"""No route without its guard: an object is fetched, and a thing is changed, only past a door that says who asks."""

import inspect

import pytest
from litestar.handlers import HTTPRouteHandler

from server.app import ROUTES

HTTP = [route for route in ROUTES if isinstance(route, HTTPRouteHandler)]
GUARDS = {"staff", "guest"}
PUBLIC = {"/api/schemas/case-record"}
"""Readable by anyone: says nothing of anybody."""

OWN_DOOR = {"/api/links/spend", "/api/join/leave", "/api/sign-in", "/api/tickets"}
"""Changes nobody is signed in for yet, or for either kind of session: they call a guard themselves."""

HARMLESS = {"/csp", "/j/enter"}
"""Sent by browsers on their own, counted and forgotten; a link looked at without scripts, which spends nothing."""


def path(route: HTTPRouteHandler) -> str:
    return min(route.paths)


def is_guarded(route: HTTPRouteHandler) -> bool:
    return bool(GUARDS & set(inspect.signature(route.fn).parameters))


@pytest.mark.parametrize("route", HTTP, ids=lambda route: f"{'/'.join(sorted(route.http_methods))} {path(route)}")
def test_a_route_is_guarded_or_known_to_be_open(route: HTTPRouteHandler) -> None:
    if set(route.http_methods) == {"GET"}:
        assert is_guarded(route) or path(route) in PUBLIC or not path(route).startswith("/api")
    elif path(route) in OWN_DOOR:
        source = inspect.getsource(route.fn)
        assert "same_origin(" in source or "guards." in source
    else:
        assert is_guarded(route) or path(route) in HARMLESS


def test_the_open_ones_are_still_there() -> None:
    assert {path(route) for route in HTTP} >= PUBLIC | OWN_DOOR | HARMLESS


def test_every_object_with_an_id_is_looked_up_for_somebody() -> None:
    with_id = [route for route in HTTP if "_id:" in path(route)]
    assert len(with_id) >= 5
    assert [path(route) for route in with_id if "staff" not in inspect.signature(route.fn).parameters] == []
