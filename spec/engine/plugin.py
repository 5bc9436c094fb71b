"""The pytest plugin: which API and which lessons are under test, and which claims run on them."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Optional

import pytest
from hypothesis import HealthCheck, Phase, settings

from impl.api import NoSuchAPI
from spec.engine import deviations, fixtures, interrupts, judging, options, stage, watcher, xdist_workers
from spec.engine.broken_lessons import Tracebacks
from spec.engine.claims import Claim, has_claim, has_target, target_of
from spec.engine.deviations import BadDeviations, Deviations
from spec.engine.fixtures import PACKAGE
from spec.engine.lessons import REFERENCE, NoLessons, Package
from spec.engine.sweep import SWEEP, Sweep
from spec.engine.table import Table
from spec.engine.targets import DEFAULT, Target, expand
from spec.engine.warmup import end_resource_tracker
from spec.engine.watcher import DEVIATIONS
from spec.harness.platforms import missing, missing_for, missing_for_hosts, missing_for_names
from spec.harness.signal_state import keep_exited_children
from spec.paths import CLAIMS_FOLDER, SPEC_FOLDER

TARGETS = pytest.StashKey[Sequence[Target]]()
"""What is under test."""

SELFTEST_FOLDER = SPEC_FOLDER / "selftest"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options, in a group of their own."""
    options.add_to(parser.getgroup(options.GROUP, "what is under test"), options.OPTIONS)


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(parser: pytest.Parser, args: list[str]) -> Generator[None]:
    """Refuse unknown options in one line, once all plugins are loaded; `verify` loads this one in time for that."""
    yield
    options.refuse_unknown(parser, args)


def pytest_configure(config: pytest.Config) -> None:
    """Find what is under test, or say in one line why it cannot be."""
    for part in (fixtures, stage, watcher, judging):
        config.pluginmanager.register(part)
    config.addinivalue_line("markers", "where(condition): the claim depends on this condition")
    config.addinivalue_line("markers", "needs(*names): the claim is about these names of the API")
    config.addinivalue_line("markers", "managed_too: the claim is also about objects that a manager makes")
    config.addinivalue_line("markers", "source(source): where the stated fact comes from")
    _set_up_hypothesis(config)
    _leave_logging_alone(config)
    options.check(config)
    options.apply_scale(config)
    if not missing():
        keep_exited_children()
        interrupts.listen()
    sys.path.append(str(config.invocation_params.dir))  # where the user's own module or package may be
    try:
        config.stash[TARGETS] = expand(config.getoption("mp") or [DEFAULT])
    except NoSuchAPI as error:
        raise pytest.UsageError(f"--mp: {error}") from None
    try:
        config.stash[PACKAGE] = Package(config.getoption("impl"))
        config.stash[PACKAGE].check_syntax()
    except NoLessons as error:
        raise pytest.UsageError(f"--impl: {error}") from None
    try:
        config.stash[DEVIATIONS] = deviations.collect(
            config.getoption("deviations"), config.stash[TARGETS], config.stash[PACKAGE].name
        )
    except BadDeviations as error:
        raise pytest.UsageError(f"--deviations: {error}") from None
    config.stash[SWEEP] = Sweep()
    config.pluginmanager.register(config.stash[SWEEP], "multiprocessing-spec-sweep")
    if not hasattr(config, "workerinput"):
        table = Table([target.name for target in config.stash[TARGETS]])
        config.pluginmanager.register(table, "multiprocessing-spec-table")
        config.pluginmanager.register(Tracebacks(), "multiprocessing-spec-broken-lessons")


def _set_up_hypothesis(config: pytest.Config) -> None:
    settings.register_profile(
        "spec",
        database=None,  # a claim leaves no file
        derandomize=config.getoption("hypothesis_seed", None) is None,  # the same verdict on the same code, each time
        deadline=None,
        max_examples=20,
        phases=[Phase.explicit, Phase.generate],  # shrinking a failure costs more processes than it is worth
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    settings.load_profile("spec")


def _leave_logging_alone(config: pytest.Config) -> None:
    """Do without pytest's plugin for logging, unless one of its options is given.

    Its handlers on the root logger are no part of what is under test, but every child would inherit them, and each
    stage would set them up and remove them three times.
    """
    asked = [name for name, value in vars(config.option).items() if name.startswith("log_") and value is not None]
    if not asked:
        config.pluginmanager.set_blocked("logging-plugin")


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Say what is under test."""
    targets, known = config.stash[TARGETS], config.stash[DEVIATIONS]
    files = dict.fromkeys(file for target in targets for file in known.files(target))
    asked = [str(Path(option)) for option in config.getoption("deviations") if option != deviations.NONE]
    unused = [file for file in asked if file not in files]
    return [
        f"lessons: {config.stash[PACKAGE].name}",
        *([f"scale: {config.getoption('scale')}"] if config.getoption("scale") > 1 else []),
        *(f"this platform lacks {need}: so no claim applies here" for need in missing()),
        *(
            f"this machine lacks {need}: so no claim about {', '.join(sorted(names))} applies here"
            for need, names in ({} if missing() else missing_for_names()).items()
        ),
        *_hosts(config.getoption("claim")),
        *(f"under test: {target.describe()}" for target in targets),
        *(f"known deviations: {file}{_unexplained(known, file)}" for file in files),
        *(f"known deviations: {file}, none of them about what is under test" for file in unused),
    ]


def _hosts(asked: Sequence[str]) -> list[str]:
    """Return a line if hosts cannot be separated here; nothing if no claim that is *asked* for needs hosts."""
    if missing() or (asked and not any(claim.startswith("remote") for claim in asked)):
        return []
    return [
        f"this machine lacks {need}: so hosts are processes on loopback, and no claim about links applies here"
        for need in missing_for_hosts()
    ]


def _unexplained(known: Deviations, file: str) -> str:
    """Return how many deviations in *file* have no reason yet; empty if all have one."""
    count = sum(one.file == file and not one.is_explained for one in known)
    return f", reasons still to be found: {count}" if count else ""


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> Optional[bool]:
    """Collect the spec's own tests only where they are asked for, and import no module without a claim asked for."""
    asked = [Path(argument.split("::")[0]).resolve() for argument in config.args]
    if collection_path == SELFTEST_FOLDER:
        return None if any(path == SELFTEST_FOLDER or SELFTEST_FOLDER in path.parents for path in asked) else True
    claims = config.getoption("claim")
    if claims and collection_path.match("test_*.py") and collection_path.parent.parent == CLAIMS_FOLDER:
        return None if collection_path in asked or has_claim(collection_path, claims) else True
    return None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each claim on each target, but on managed objects only if it is about such."""
    if "target" in metafunc.fixturenames:
        on_all = metafunc.definition.get_closest_marker("managed_too") is not None
        targets = [one for one in metafunc.config.stash[TARGETS] if on_all or not one.traits.managed]
        metafunc.parametrize("target", targets, ids=[target.name for target in targets])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the claims that were asked for, and mark those that do not apply, with the reason."""
    asked = tuple(config.getoption("claim"))
    claims = {item: Claim.of(item) for item in items}
    kept = {item: claim for item, claim in claims.items() if claim is None or has_target(item)}
    if asked:
        kept = {item: claim for item, claim in kept.items() if claim and claim.id.startswith(asked)}
    if len(kept) < len(claims):
        items[:] = kept
        config.hook.pytest_deselected(items=[item for item in claims if item not in kept])
    for item in items:
        claim = claims[item]
        reason = claim and _why_not(item, claim)
        if reason:
            item.add_marker(pytest.mark.skip(reason=reason))


def _why_not(item: pytest.Item, claim: Claim) -> Optional[str]:
    """Return why *claim* does not apply to the target of *item*, or None if it does."""
    package, traits = item.config.stash[PACKAGE].name, target_of(item).traits
    if missing():
        return f"the harness lacks {'; '.join(missing())}"
    lacking = missing_for(claim.needs)
    if lacking:
        return f"the machine lacks {'; '.join(lacking)}"
    if not claim.applies_to(traits):
        return claim.why_not(traits)
    if package != REFERENCE and "lesson" not in getattr(item, "fixturenames", ()):
        return judging.CALLS_NOTHING.format(package)
    return None


@pytest.hookimpl(wrapper=True, optionalhook=True)
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """Let ``-n auto`` start as many xdist workers as suit this container, unless the user has chosen a number."""
    processors = yield
    return processors if os.environ.get("PYTEST_XDIST_AUTO_NUM_WORKERS") else xdist_workers.automatic(processors)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish() -> None:
    """Stop the resource tracker before the run checks for leftovers."""
    end_resource_tracker()
