"""Messages between nodes: in process, or through Redis. At most once; the truth is in the event log and the plan log."""
