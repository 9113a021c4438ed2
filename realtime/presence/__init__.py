"""Who is here now: passing facts, never stored."""
