"""Documents for people and files: the case record as a page and as an accessible PDF."""
