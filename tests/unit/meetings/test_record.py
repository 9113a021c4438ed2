import msgspec

from meetings.record import CaseRecord, RecordEnding, record_schema
from tests.support.records import disagreed_record
from tests.support.story import WORDS


def test_a_record_of_the_first_shape_is_still_read() -> None:
    old = msgspec.to_builtins(disagreed_record())
    old["schema"] = "hearth.case_record/1"
    del old["ending"], old["undecided"], old["decisions"][0]["not_asked"], old["decisions"][0]["answers_question"]
    record = msgspec.convert(old, CaseRecord)
    assert (record.schema, record.ending, record.undecided) == ("hearth.case_record/1", RecordEnding(), ())
    (decision,) = record.decisions
    assert (decision.answers_question, decision.not_asked, decision.text) == (None, (), WORDS)


def test_the_record_survives_json_and_has_a_schema() -> None:
    record = disagreed_record()
    assert msgspec.json.decode(msgspec.json.encode(record), type=CaseRecord) == record
    schema = record_schema()
    assert schema["$defs"]["CaseRecord"]["properties"]["schema"]["enum"] == [
        "hearth.case_record/1",
        "hearth.case_record/2",
    ]
    assert "Dana" not in repr(record)
