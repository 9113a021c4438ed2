"""`audit verify`: the whole audit trail held against every event, plan row and record, beside a server in use."""

import asyncio
import sys
import time
from pathlib import Path
from typing import Annotated, Any

import cyclopts
from cyclopts import Parameter

from server.config import ConfigError
from server.environment import from_environment
from server.persistence import audit_proof
from server.persistence.audit_proof import Proof
from server.persistence.engine import open_to_look
from server.persistence.refusal import DatabaseRefused, StorageUnavailable
from server.persistence.unit_of_work import attempted

WHOLE, BROKEN, CANNOT_LOOK = 0, 1, 2
SAY_EVERY_S = 2.0

app = cyclopts.App(name="audit", help="Prove that nothing in the record was changed behind Hearth's back.")

Data = Annotated[Path | None, Parameter(name="--data", help="Folder of the database. [HEARTH_DATA_DIR]")]
DatabaseUrl = Annotated[str | None, Parameter(name="--database", help="postgresql://... or sqlite:///...")]
PrintedHead = Annotated[
    str | None, Parameter(name="--head", help="The audit chain's head as printed on a record or in the log of a start.")
]


@app.command
def verify(*, data: Data = None, database: DatabaseUrl = None, head: PrintedHead = None) -> int:
    """Check every row. Exit code 0: whole. 1: broken, the first broken row is named. 2: it could not be looked at."""
    given: dict[str, Any] = {"data_dir": data.expanduser().resolve() if data else None, "database_url": database}
    try:
        settings = from_environment(**{name: value for name, value in given.items() if value is not None})
        proof = asyncio.run(_proof(settings.sqlalchemy_url, head))
    except (ConfigError, DatabaseRefused) as error:
        sys.stderr.write(f"hearth: {error}\n")
        return CANNOT_LOOK
    except StorageUnavailable as error:
        sys.stderr.write(f"hearth: The database stopped answering ({error}). Please try again.\n")
        return CANNOT_LOOK
    if proof.broken is not None:
        sys.stdout.write(f"Broken: {proof.broken}.\n")
        return BROKEN
    counts = f"{proof.chains} chains, {proof.audit_rows} audit rows, {proof.plan_rows} plan rows"
    sys.stdout.write(f"Whole: {counts}. Head of all chains: {proof.head}\n")
    return WHOLE


async def _proof(url: str, head: str | None) -> Proof:
    said_at = time.monotonic()

    def told(rows: int) -> None:
        nonlocal said_at
        if time.monotonic() - said_at >= SAY_EVERY_S:
            said_at = time.monotonic()
            sys.stderr.write(f"{rows} rows hold so far ...\n")

    database = await open_to_look(url)
    try:
        # As printed, "214:5f0c…", or the hash alone.
        printed = None if head is None else "".join(head.split()).rpartition(":")[2]
        return await attempted(lambda: audit_proof.whole(database, told, printed))
    finally:
        await database.close()
