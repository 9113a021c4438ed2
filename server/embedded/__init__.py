"""Parts that run as our own child processes on one machine: Valkey and the media node."""
