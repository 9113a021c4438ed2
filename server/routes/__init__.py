"""The HTTP and WebSocket doors of Hearth, one file a subject."""
