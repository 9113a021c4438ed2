"""Live meetings: rooms, sessions, the shared plan and media. Knows the domain; knows nothing of HTTP or SQL."""
