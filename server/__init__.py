"""The composition root: configuration, storage, HTTP routes and processes are wired together here."""
