"""What operators see: logs without private data, and counts."""
