from meetings.meeting import LAST_STAGE
from meetings.practice.catalog import MODELS


def test_models_are_found_by_their_id() -> None:
    assert all(model.id == name for name, model in MODELS.items())


def test_every_model_counts_its_stages_from_one_to_the_recap() -> None:
    for model in MODELS.values():
        assert [one.number for one in model.stages] == list(range(1, LAST_STAGE + 1))
