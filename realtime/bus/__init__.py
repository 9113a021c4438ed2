"""Messages between nodes, in process or through Redis: at most once; the truth is in the event and plan logs."""
