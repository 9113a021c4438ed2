"""Names of things: 128-bit random ids as 32 hex characters, made by the server and passed in."""

from typing import NewType

MeetingId = NewType("MeetingId", str)
CaseId = NewType("CaseId", str)
ParticipantId = NewType("ParticipantId", str)
StaffId = NewType("StaffId", str)
DeviceId = NewType("DeviceId", str)
ProposalId = NewType("ProposalId", str)
PlanId = NewType("PlanId", str)
RecordId = NewType("RecordId", str)
