"""One telecom for all tests of a worker."""

from collections.abc import Iterator

import pytest

from tests.sandbox.mobile_id.running import RunningTelecom, running_telecom


@pytest.fixture(scope="session")
def telecom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningTelecom]:
    with running_telecom(tmp_path_factory.mktemp("telecom")) as running:
        yield running
