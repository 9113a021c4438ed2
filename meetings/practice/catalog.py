"""The practice models Hearth knows, by id. A new model is one file of data and one line here."""

from meetings.practice.models import PracticeModel
from meetings.practice.tdm import TDM

MODELS: dict[str, PracticeModel] = {model.id: model for model in (TDM,)}
