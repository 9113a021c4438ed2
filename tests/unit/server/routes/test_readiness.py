from server.routes.readiness import Readiness


async def works() -> bool:
    return True


async def fails() -> bool:
    return False


async def test_a_node_is_ready_only_between_start_and_drain() -> None:
    readiness = Readiness()
    assert await readiness.missing() == "starting or stopping"
    readiness.opened(database=works)
    assert await readiness.missing() == ""
    readiness.draining()
    assert await readiness.missing() == "starting or stopping"


async def test_a_part_that_does_not_work_is_named() -> None:
    readiness = Readiness()
    readiness.opened(bus=works, database=fails)
    assert await readiness.missing() == "database"


async def test_a_task_that_died_is_named_before_anything_else() -> None:
    readiness, down = Readiness(), ["publisher"]
    readiness.opened(lambda: down, database=fails)
    assert await readiness.missing() == "publisher died and is being started again"
    down.clear()
    assert await readiness.missing() == "database"


async def test_a_warning_keeps_nobody_out() -> None:
    readiness = Readiness()
    readiness.opened(database=works)
    readiness.warn("audit: broken")
    assert (await readiness.missing(), readiness.warnings) == ("", ["audit: broken"])
