"""The ASGI app: every route, every dependency by name, one doorway around all."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from litestar import Litestar, Request
from litestar.datastructures import State
from litestar.di import Provide
from litestar.openapi.config import OpenAPIConfig
from litestar.response import Response

from server.auth import guards
from server.auth.doorway import App, Doorway
from server.auth.exchange import FloodExchange
from server.auth.passwords import PasswordCheck
from server.config import Settings
from server.errors import HttpError
from server.observability.metrics import Metrics
from server.persistence.refusal import Unstorable
from server.routes import assets, cases, csp, health, join, live, meetings, pages, records, sign_in, tickets
from server.routes.problems import HANDLERS, refused
from server.routes.readiness import Readiness
from server.routes.trouble import ReadableRefusals

ROUTES = [
    pages.front,
    pages.link_page,
    pages.staff_page,
    join.enter,
    join.spend,
    join.join,
    join.language,
    join.leave,
    tickets.ticket,
    sign_in.sign_in,
    sign_in.sign_out,
    sign_in.me,
    sign_in.my_language,
    meetings.colleagues,
    meetings.my_meetings,
    meetings.schedule,
    meetings.meeting,
    meetings.move,
    meetings.cancel,
    meetings.reissue_link,
    meetings.revoke_link,
    cases.my_cases,
    cases.case,
    records.record,
    records.schema,
    health.alive,
    health.ready,
    health.metrics,
    csp.report,
    assets.asset,
    live.live,
]

# Made by the lifespan and kept in the app's state under these names; routes ask for them by name.
STARTED = (
    "rooms",
    "gate",
    "links",
    "staff_sessions",
    "desk",
    "directory",
    "scheduling",
    "records",
)  # fmt: skip

Lifespan = Callable[[Litestar], AbstractAsyncContextManager[None]]


def create_app(settings: Settings, lifespan: Lifespan, readiness: Readiness, floods: FloodExchange) -> App:
    """The whole app. `lifespan` starts the parts and puts them into the app's state under the names in STARTED."""
    metrics = Metrics()
    fixed = {
        "settings": settings,
        "limits": floods.limits,
        "metrics": metrics,
        "readiness": readiness,
        "assets": assets.Assets.found(),
        "password_check": PasswordCheck(),
    }
    dependencies = {name: Provide(_given(value), sync_to_thread=False) for name, value in fixed.items()}
    dependencies |= {name: Provide(_started(name), sync_to_thread=False) for name in STARTED}
    dependencies |= {"staff": Provide(guards.staff), "guest": Provide(guards.guest)}
    app = Litestar(
        route_handlers=ROUTES,
        dependencies=dependencies,
        exception_handlers={**HANDLERS, Unstorable: _unstorable},
        lifespan=[lifespan, floods],
        request_max_body_size=settings.json_body_bytes,
        openapi_config=OpenAPIConfig(title="Hearth", version="1") if settings.openapi else None,
        logging_config=None,
        debug=False,
        multipart_form_part_limit=8,
    )
    return ReadableRefusals(Doorway(_as_asgi(app), settings, metrics, floods.limits), settings)


def _unstorable(request: Request[Any, Any, Any], error: Unstorable) -> Response[bytes]:
    """An id that can be nobody's is not found in an address, and a wrong field in a body."""
    return refused(request, HttpError(404 if "\0" in request.scope["path"] else 422))


def _given(value: Any) -> Callable[[], Any]:
    def provide() -> Any:
        return value

    return provide


def _started(name: str) -> Callable[[State], Any]:
    def provide(state: State) -> Any:
        return state[name]

    return provide


def _as_asgi(app: Litestar) -> App:
    return app  # type: ignore[return-value]
