"""How much and how often: the rates, sizes and times of the wire. A part of the settings (`server.config`)."""

import msgspec


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """The limits of one server. Times end in `_s` (seconds), sizes in `_bytes`, rates are counts per the time named."""

    # Rates (token buckets: tokens a minute or second, and burst). Who has a session or a link is counted by it. What is
    # counted by address (IPv6 by /64) is meant for floods: two hundred people may sit behind one. Rise: more room for a
    # busy place; fall: sooner 429.
    link_code_rate_per_min: int = 5
    link_rate_per_min: int = 1200  # by address
    sign_in_burst: int = 5  # wrong passwords of one address (or one known browser) at one account before it must wait
    sign_in_slowest_s: float = 900
    sign_in_rate_per_min: int = 60  # by address, at all accounts; a right password gives its place back
    sign_in_fresh_burst: int = 400  # at one account, over all addresses that have hardly tried there yet
    sign_in_fresh_per_min: int = 240
    sign_in_again_per_min: int = 30  # at one account, over all other addresses
    traces_per_min: int = 10  # audit rows of wrong passwords at one account; each tells how many others there were
    api_rate_per_s: float = 20
    api_burst: int = 60
    csp_rate_per_min: int = 300  # by address
    request_rate_per_s: float = 60  # by session
    request_burst: int = 480
    flood_rate_per_s: float = 100  # by address, of whoever has no session
    flood_burst: int = 4000
    sockets_open: int = 12  # by session
    sockets_per_min: int = 30
    sockets_open_stranger: int = 32  # by address, of whoever has no session
    sockets_per_min_stranger: int = 60

    # Sizes and times of the wire.
    json_body_bytes: int = 65_536
    body_s: float = 10
    url_bytes: int = 2048
    socket_message_bytes: int = 262_144
    socket_queue: int = 8
    socket_fragments: int = 64
    socket_fragment_s: float = 10
    socket_frames_per_s: float = 120  # frames of any kind, parts of messages too
    socket_frames_burst: int = 600
    socket_control_per_s: float = 2  # pings and pongs
    socket_control_burst: int = 30
    socket_ping_s: float = 15
    socket_pong_s: float = 10
    header_s: float = 10
    header_bytes: int = 16_384
    header_lines: int = 100
    connections: int = 2000  # above three quarters only who has a session
    under_way: int = 800  # requests of one address or session that are being answered at once
    unfinished: int = 400  # connections of one address that keep the server waiting; one more ends the oldest
    unfinished_session: int = 32  # the same of one session
    unfinished_bodies: int = 64  # requests of one address whose body is still under way (also behind a proxy)
    stall_s: float = 60  # an answer that is not taken for so long ends the connection
    drain_s: int = 25
