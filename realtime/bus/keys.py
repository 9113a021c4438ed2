"""The only place that names topics and keys on the bus. [pure]"""

from meetings.ids import MeetingId, PlanId


def meeting_events(meeting_id: MeetingId) -> str:
    """Recorded events, as they were committed."""
    return f"ftm:{meeting_id}:events"


def meeting_presence(meeting_id: MeetingId) -> str:
    """Presence between the nodes that serve one meeting."""
    return f"ftm:{meeting_id}:presence"


def plan_updates(plan_id: PlanId, audience: str, epoch: int) -> str:
    """Committed plan updates, and awareness."""
    return f"ftm:plan:{plan_id}:{audience}:{epoch}"


def media_node(node_id: str) -> str:
    """Commands for one media node."""
    return f"ftm:media:node:{node_id}"


def media_meeting(meeting_id: MeetingId) -> str:
    """Answers and reports of whichever media node serves the meeting."""
    return f"ftm:{meeting_id}:media"


def media_lease(meeting_id: MeetingId) -> str:
    """The lease that places a meeting's media on one node."""
    return f"ftm:{meeting_id}:media:lease"


FLOODS = "ftm:floods"
"""What the web nodes counted by address (`server.auth.exchange`)."""

MEDIA_CARDS = "ftm:media:card:"


def media_card(node_id: str) -> str:
    """The card a live media node keeps renewing."""
    return f"{MEDIA_CARDS}{node_id}"


def meeting_seen(meeting_id: MeetingId, node_id: str) -> str:
    """When one node last saw each person of a meeting; outlives the node."""
    return f"{meeting_seen_prefix(meeting_id)}{node_id}"


def meeting_seen_prefix(meeting_id: MeetingId) -> str:
    """What every `meeting_seen` of a meeting begins with."""
    return f"ftm:{meeting_id}:seen:"
