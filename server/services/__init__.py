"""What the server does for people and rooms, on top of the stored record. No HTTP here, and no SQL."""
