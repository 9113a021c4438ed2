"""[B12] Knowing an id opens nothing over HTTP: whoever belongs to one conference finds nothing of the other.

The routes come from the app's own table and bodies from their types (`tests.support.route_table`, `samples`): a new
route is tried without being listed here, and one that takes an unknown kind of id fails until `ids_of` knows one.
"""

import asyncio
import itertools
from collections.abc import Iterator
from urllib.parse import quote, urlencode

import msgspec
import pytest

from tests.support.postgres import fresh_database
from tests.support.route_table import Route, routes, socket_paths
from tests.support.samples import samples
from tests.support.server import HearthServer, hearth_server
from tests.support.two_families import (
    BRANDT_STAFF_WORDS,
    BRANDT_WORDS,
    STAFF,
    Conference,
    filed,
    stranger,
    two_families,
)
from tests.support.visitor import Reply, Visitor

NOBODYS = "0" * 32
COLLEAGUES = {"facilitator_id"}
"""Ids that are no family's: every colleague may be asked to lead a meeting."""

KINDS = COLLEAGUES | {"meeting_id", "case_id", "participant_id", "record_id"}
"""Every kind of id there is, by the names routes take them under."""

ROUTES = routes()
TAKES_IDS = [route for route in ROUTES if route.ids - COLLEAGUES]
CLOSED = [route for route in ROUTES if route.ids or route.is_for_staff]
LISTS = [route for route in ROUTES if route.is_for_staff and route.method == "GET" and not route.ids]

Ids = dict[str, str]


class Families(msgspec.Struct):
    """Both conferences, and an id of every kind: one's own and the other's."""

    server: HearthServer
    reyes: Conference
    brandt: Conference
    own: Ids
    theirs: Ids
    kin: Visitor
    dana: Visitor
    before: list[bytes] = []

    @property
    def words(self) -> tuple[str, ...]:
        """What tells of the Brandts."""
        return (*BRANDT_WORDS, *(self.theirs[name] for name in sorted(KINDS - COLLEAGUES)))

    def picture(self) -> list[bytes]:
        """What the Brandts' own people see of their meeting and case."""
        noor, tom = self.brandt.staff("facilitator"), self.brandt.staff("caseworker")
        seen = [
            self.kin.get("/api/join"),
            noor.get(f"/api/meetings/{self.brandt.meeting_id}"),
            tom.get(f"/api/cases/{self.brandt.case_id}"),
        ]
        assert [reply.status for reply in seen] == [200, 200, 200]
        return [reply.body for reply in seen]


@pytest.fixture(scope="module")
def families(postgres_url: str) -> Iterator[Families]:
    """The Reyes conference, about to begin, and the Brandts', of which a record was filed."""
    proxy = {"HEARTH_TRUSTED_PROXIES": "127.0.0.1/32"}
    with fresh_database(postgres_url) as url, hearth_server("--database", url, environment=proxy) as server:
        reyes, brandt = two_families(server)
        kin = brandt.guest("kin")
        theirs = ids_of(brandt, "Paul", asyncio.run(filed(brandt)))
        own, dana = ids_of(reyes, "Ruth", NOBODYS), reyes.guest("parent")
        made = Families(server, reyes, brandt, own, theirs, kin, dana)
        made.before = made.picture()
        yield made


def ids_of(conference: Conference, person: str, record_id: str) -> Ids:
    """One of the conference's ids of every kind."""
    found = {
        "meeting_id": conference.meeting_id,
        "case_id": conference.case_id,
        "participant_id": conference.people()[person],
        "record_id": record_id,
        "facilitator_id": str(conference.staff("facilitator").get("/api/me").json["staff_id"]),
    }
    assert set(found) == KINDS
    return found


def ask(visitor: Visitor, route: Route, ids: Ids, ending: str = "") -> Reply:
    """The route with these ids in its address, body or query, and with an ending after the address."""
    body = msgspec.json.encode(samples(route.body, ids)[0] if route.body else {})
    elsewhere = [name for name in sorted(route.ids) if f"{{{name}}}" in route.path or name.encode() in body]
    query = urlencode({name: ids[name] for name in route.ids.difference(elsewhere)})
    path = route.path.format_map(ids) + ending + (f"?{query}" if query else "")
    return visitor.request(route.method, path, None if route.method == "GET" else body)


def endings(route: Route) -> tuple[str, ...]:
    """What may follow an id that ends the address: a record is also asked for as a PDF."""
    return ("", ".pdf") if route.path.endswith("}") else ("",)


def mixtures(route: Route, own: Ids, theirs: Ids) -> list[Ids]:
    """Every mixture of one's own ids and the other's in which at least one is the other's."""
    names = sorted(route.ids - COLLEAGUES)
    whose = itertools.product((own, theirs), repeat=len(names))
    return [
        own | {name: one[name] for name, one in zip(names, chosen, strict=True)} for chosen in whose if theirs in chosen
    ]


def test_B12_every_kind_of_id_is_tried() -> None:
    unknown = {str(route): sorted(route.ids - KINDS) for route in ROUTES if route.ids - KINDS}
    assert unknown == {}, "add these to KINDS and say in `ids_of` which of a conference's ids they are"
    assert len(TAKES_IDS) >= 9
    assert socket_paths() == ["/live"], "another socket needs its own tries (test_bola_meetings.py)"


@pytest.mark.parametrize("route", TAKES_IDS, ids=str)
def test_B12_staff_of_another_case_find_nothing(families: Families, route: Route) -> None:
    nobodys = dict.fromkeys(KINDS, NOBODYS)
    real, made_up = (mixtures(route, families.own, others) for others in (families.theirs, nobodys))
    for role, ending in itertools.product(STAFF, endings(route)):
        visitor = families.reyes.staff(role)
        for ids, same in zip(real, made_up, strict=True):
            reply = ask(visitor, route, ids, ending)
            assert (reply.status, reply.code.partition(".")[2]) == (404, "unknown"), (role, ids, reply.body)
            assert reply.body == ask(visitor, route, same, ending).body, "what is theirs looks as what is nobody's"
    assert families.picture() == families.before


@pytest.mark.parametrize("route", CLOSED, ids=str)
def test_B12_a_guest_of_another_meeting_and_a_passer_by_are_not_answered(families: Families, route: Route) -> None:
    for visitor, ending in itertools.product((families.dana, stranger(families.server)), endings(route)):
        reply = ask(visitor, route, families.theirs, ending)
        assert (reply.status, reply.code) == (401, "sign_in.required")
    assert families.picture() == families.before


@pytest.mark.parametrize("role", STAFF)
@pytest.mark.parametrize("route", LISTS, ids=str)
def test_B12_no_list_tells_of_another_case(families: Families, route: Route, role: str) -> None:
    reply = ask(families.reyes.staff(role), route, families.own)
    words = families.words if route.path == "/api/staff" else (*families.words, *BRANDT_STAFF_WORDS)
    assert reply.status == 200
    assert [word for word in words if word.encode() in reply.body] == []


@pytest.mark.parametrize("ids", ["' or 1=1", "..", "%00", "*"])
def test_an_id_is_only_an_id(families: Families, ids: str) -> None:
    reply = families.reyes.staff("facilitator").get(f"/api/meetings/{quote(ids)}")
    assert (reply.status, reply.code.partition(".")[2]) == (404, "unknown")


def test_a_person_with_a_link_gets_a_ticket_for_their_meeting(families: Families) -> None:
    assert families.dana.post("/api/tickets").status == 200


def test_a_colleague_in_the_meeting_has_no_link_to_be_taken(families: Families) -> None:
    alex = families.reyes.people()["Alex"]
    reply = families.reyes.staff("facilitator").post(f"/api/meetings/{families.reyes.meeting_id}/links/{alex}")
    assert reply.code == "participant.unknown"


def test_the_worker_of_the_case_cannot_be_its_facilitator(families: Families) -> None:
    priya = families.reyes.staff("caseworker")
    route = next(one for one in TAKES_IDS if str(one) == "POST /api/meetings")
    reply = ask(priya, route, families.own | {"facilitator_id": str(priya.get("/api/me").json["staff_id"])})
    assert (reply.status, reply.code) == (409, "facilitator.not_independent")
    assert reply.json["detail"]


@pytest.mark.parametrize("route", TAKES_IDS, ids=str)
def test_B12_the_ids_are_real(families: Families, route: Route) -> None:
    """Last of all, for it changes things: the Brandts' own caseworker is known on every route (410: it is over)."""
    reply = ask(families.brandt.staff("caseworker"), route, families.theirs)
    assert reply.status in ((200,) if route.method == "GET" else (200, 201, 204, 409, 410)), reply.body
