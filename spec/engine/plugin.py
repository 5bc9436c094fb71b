"""The pytest plugin: which API and which lessons are under test, and what is shown of it.

The rest of the plugin is in the modules beside this one: fixtures, stage, judging and table.
"""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Generator, Sequence
from pathlib import Path
from threading import TIMEOUT_MAX
from typing import Optional

import pytest
from hypothesis import HealthCheck, Phase, settings

from impl.api import NoSuchAPI
from spec.engine import catalogue, deviations, fixtures, judging, stage
from spec.engine.claims import SPEC_FOLDER, Claim, ids, target_of
from spec.engine.deviations import BadDeviations
from spec.engine.fixtures import PACKAGE
from spec.engine.lessons import REFERENCE, NoLessons, Package
from spec.engine.sweep import Sweep
from spec.engine.table import Table
from spec.engine.targets import DEFAULT, Target, expand
from spec.engine.warmup import end_resource_tracker
from spec.harness import deadline
from spec.harness.platforms import missing
from spec.harness.signal_state import keep_exited_children
from spec.report import writers
from spec.report.recording import Recording
from spec.report.reproductions import Reproductions
from spec.report.writers import CannotWrite

TARGETS = pytest.StashKey[Sequence[Target]]()
SELFTEST = SPEC_FOLDER / "selftest"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options, in a group of their own."""
    group = parser.getgroup("multiprocessing-spec", "what is under test")
    group.addoption(
        "--mp",
        action="append",
        default=[],
        metavar="MODULE[:CONTEXT]",
        help="verify this multiprocessing API; without a context, under each of its start methods."
        f" Repeatable. Default: {DEFAULT}.",
    )
    group.addoption(
        "--impl",
        default=REFERENCE,
        metavar="PACKAGE",
        help="verify this package of lessons. Default: %(default)s, the reference.",
    )
    group.addoption(
        "--claim",
        action="append",
        default=[],
        metavar="ID",
        help="verify this claim, or all whose ids begin so. Repeatable.",
    )
    group.addoption(
        "--deviations",
        action="append",
        default=[],
        metavar="FILE",
        help="a TOML file of known deviations, which do not fail the run; it goes before those of"
        " spec/known_deviations, which are used unless FILE is none. Repeatable.",
    )
    group.addoption(
        "--report",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="write a report; its suffix says the format: .json, .md, .html. Repeatable.",
    )
    group.addoption(
        "--repro",
        type=Path,
        metavar="DIR",
        help="write a script for each violation, which shows it without this suite.",
    )
    group.addoption("--claims", action="store_true", help="print the catalogue of claims, and verify nothing.")
    group.addoption(
        "--scale",
        type=int,
        default=1,
        metavar="N",
        help="have N times as many buyers, workers, children and messages as the claims say, and as much time."
        " Default: %(default)s.",
    )
    group.addoption(
        "--hang-after",
        type=float,
        default=1.0,
        metavar="SECONDS",
        help="give a claim up as hung once none of its processes has moved for so long. Default: %(default)s.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Find what is under test, or say in one line why it cannot be."""
    for part in (fixtures, stage, judging):
        config.pluginmanager.register(part)
    config.addinivalue_line("markers", "where(condition): the claim depends on this condition")
    config.addinivalue_line("markers", "source(source): where the claimed fact comes from")
    config.addinivalue_line("markers", "needs(*names): the claim is about these primitives")
    settings.register_profile(
        "spec",
        database=None,  # a claim leaves no file
        derandomize=config.getoption("hypothesis_seed", None) is None,  # the same verdict on the same code, each time
        deadline=None,
        max_examples=20,
        phases=[Phase.explicit, Phase.generate],  # to shrink what fails costs more processes than it is worth
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    settings.load_profile("spec")
    if not config.getoption("hang_after") > 0:  # nan is not
        raise pytest.UsageError("--hang-after takes a number of seconds above zero")
    if not 0 <= (config.getoption("timeout", None) or 0) <= TIMEOUT_MAX:
        raise pytest.UsageError("--timeout takes a number of seconds, 0 for no limit")
    if config.getoption("scale") < 1:
        raise pytest.UsageError("--scale takes a whole number, 1 or more")
    _give_time(config)
    if config.getoption("claims") and config.getoption("numprocesses", None):
        raise pytest.UsageError("--claims verifies nothing, so there is nothing for -n to share out; leave out -n")
    _check_claims(config.getoption("claim"))
    if not missing():
        keep_exited_children()
    sys.path.append(str(config.invocation_params.dir))  # where the user's own module or package may be
    try:
        config.stash[TARGETS] = expand(config.getoption("mp") or [DEFAULT])
    except NoSuchAPI as error:
        raise pytest.UsageError(f"--mp: {error}") from None
    try:
        config.stash[PACKAGE] = Package(config.getoption("impl"))
    except NoLessons as error:
        raise pytest.UsageError(f"--impl: {error}") from None
    try:
        config.stash[stage.DEVIATIONS] = deviations.collect(config.getoption("deviations"))
    except BadDeviations as error:
        raise pytest.UsageError(f"--deviations: {error}") from None
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Sweep(), "multiprocessing-spec-sweep")
        _register_reports(config)
    table = Table([target.name for target in config.stash[TARGETS]])
    config.pluginmanager.register(table, "multiprocessing-spec-table")


def _give_time(config: pytest.Config) -> None:
    """Raise the limits on time, and on open files, as the scale demands."""
    scale = config.getoption("scale")
    if scale > 1 and not missing():
        deadline.SECONDS *= scale
        if config.getoption("timeout") is None and "PYTEST_TIMEOUT" not in os.environ:
            config.option.timeout = float(config.getini("timeout")) * scale
        import resource  # here, as Windows has none

        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)  # a checkpoint holds a connection for each who waits
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _register_reports(config: pytest.Config) -> None:
    files = config.getoption("report")
    try:
        for file in files:
            writers.check(file)
    except CannotWrite as error:
        raise pytest.UsageError(f"--report: {error}") from None
    if files:
        recording = Recording(files, config.stash[PACKAGE].name, config.stash[TARGETS])
        config.pluginmanager.register(recording, "multiprocessing-spec-reports")
    folder = config.getoption("repro")
    if folder is not None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise pytest.UsageError(f"--repro: {folder} cannot be made: {error.strerror}") from None
        reproductions = Reproductions(folder, config.stash[TARGETS], config.stash[PACKAGE].name)
        config.pluginmanager.register(reproductions, "multiprocessing-spec-repro")


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Say what is under test."""
    targets, known = config.stash[TARGETS], config.stash[stage.DEVIATIONS]
    files = dict.fromkeys(file for target in targets for file in known.files(target))
    asked = [str(Path(option)) for option in config.getoption("deviations") if option != deviations.NONE]
    unused = [file for file in asked if file not in files]
    return [
        f"lessons: {config.stash[PACKAGE].name}",
        *([f"scale: {config.getoption('scale')}"] if config.getoption("scale") > 1 else []),
        *(f"this platform lacks {need}: so no claim applies here" for need in missing()),
        *(f"under test: {target.describe()}" for target in targets),
        *(f"known deviations: {file}" for file in files),
        *(f"known deviations: {file}, none of them about what is under test" for file in unused),
    ]


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> Optional[bool]:
    """Collect the spec's own tests only where they are asked for."""
    if collection_path != SELFTEST:
        return None
    asked = [Path(argument.split("::")[0]).resolve() for argument in config.args]
    return None if any(path == SELFTEST or SELFTEST in path.parents for path in asked) else True


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each claim on each target."""
    if "target" in metafunc.fixturenames:
        targets = metafunc.config.stash[TARGETS]
        metafunc.parametrize("target", targets, ids=[target.name for target in targets])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the claims that were asked for, and mark those that do not apply, with the reason."""
    asked = tuple(config.getoption("claim"))
    claims = {item: Claim.of(item) for item in items}
    if asked:
        items[:] = [item for item, claim in claims.items() if claim and claim.id.startswith(asked)]
        config.hook.pytest_deselected(items=[item for item in claims if item not in items])
    for item in items:
        claim = claims[item]
        if claim and missing():
            item.add_marker(pytest.mark.skip(reason=f"the harness lacks {'; '.join(missing())}"))
        elif claim and not claim.applies_to(target_of(item).traits):
            item.add_marker(pytest.mark.skip(reason=claim.why_not(target_of(item).traits)))


@pytest.hookimpl(wrapper=True, optionalhook=True)
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """Have ``-n auto`` run half as many claims again as there are processors, for those of a claim wait a lot."""
    processors = yield
    if os.environ.get("PYTEST_XDIST_AUTO_NUM_WORKERS"):
        return processors
    if hasattr(os, "sched_getaffinity"):  # which xdist does not ask where it has psutil
        processors = min(processors, len(os.sched_getaffinity(0)))
    return (processors * 3 + 1) // 2


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish() -> None:
    """See to it that what the run has started is gone when it is looked for what was left behind."""
    end_resource_tracker()


def _check_claims(asked: list[str]) -> None:
    for prefix in asked:
        if not any(name.startswith(prefix) for name in ids()):
            alike = difflib.get_close_matches(prefix, ids(), n=1)
            hint = f"did you mean {alike[0]}?" if alike else "--claims lists them"
            raise pytest.UsageError(f"--claim: no claim begins with {prefix!r}; {hint}")


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> Optional[bool]:
    """Print the catalogue instead of running the tests, if it is asked for."""
    if not session.config.getoption("claims"):
        return None
    reporter = session.config.get_terminal_writer()
    reporter.line()
    for line in catalogue.text(catalogue.of(session.items)):
        reporter.line(line)
    return True
