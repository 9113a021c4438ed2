"""The media node as a supervised child process. When it dies the meeting goes on; it is back within a second or so."""

import sys

from realtime.bus.address import PARTS as REDIS_PARTS
from realtime.supervision import Supervisor
from server.config import Settings
from server.embedded.child import Child


class MediaChild(Child):
    """`async with MediaChild(settings, redis_url)`: a running node, told over that bus."""

    def __init__(self, settings: Settings, redis_url: str, supervisor: Supervisor | None = None) -> None:
        super().__init__(
            "media node",
            [
                sys.executable,
                "-m",
                "realtime.media.node",
                "--node-id",
                f"media-{settings.node_id}",
                "--host",
                settings.media_host,
                "--port",
                str(settings.media_port),
                "--die-with-parent",
            ],
            ready=b'"ready": true',
            # The URL holds the bus's password, and a command line can be read by everyone on the machine.
            # What the environment says of the bus or of another node is not about this child.
            environment={**dict.fromkeys((*REDIS_PARTS, "HEARTH_STATUS"), ""), "HEARTH_REDIS_URL": redis_url},
            supervisor=supervisor,
        )
