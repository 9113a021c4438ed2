"""The media node: a selective forwarding unit. Packets are forwarded, never decoded."""
