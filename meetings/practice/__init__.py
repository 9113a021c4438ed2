"""Practice models as data: the stages, sections and gates of each kind of meeting."""
