"""A mistake of the user gets a message of one line and the exit status of pytest for it, without a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from spec.selftest.runs import verify

MODULES = {
    "raises_on_import.py": "1 / 0",
    "leaves_on_import.py": "import sys; sys.exit('out of\\npaper')",
    "needs_missing.py": "import no_such_dependency",
    "lists_no_contexts.py": "def get_context(name): raise ValueError('never heard of')",
    "holder.py": "import multiprocessing, sys; inside = sys.modules['holder.inside'] = type(sys)('holder.inside');"
    " inside.get_context = multiprocessing.get_context",
    "childless.py": "def Process(*args, **kwargs): raise OSError('no more processes')",
}


@pytest.fixture
def modules(tmp_path: Path) -> Path:
    """A folder with modules that cannot be verified."""
    for name, text in MODULES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        ("--mp nosuch", "--mp: no module named 'nosuch' here; is it installed?"),
        ("--mp nosuch.deeper:fork", "--mp: no module named 'nosuch.deeper' here; is it installed?"),
        ("--mp multiprocessing:nope", "--mp: 'multiprocessing' has no context 'nope'; its contexts: "),
        (
            "--mp lists_no_contexts:x",
            "--mp: 'lists_no_contexts' has no context 'x': never heard of",
        ),
        ("--mp multiprocessing.dummy:fork", "--mp: 'multiprocessing.dummy' has no contexts; leave out ':fork'"),
        (
            "--mp holder",
            "--mp: 'holder' is not a multiprocessing API: it has no Process; holder.inside has contexts, ",
        ),
        ("--mp json", "--mp: 'json' is not a multiprocessing API: it has no Process"),
        ("--mp :fork", "--mp: ':fork' is not of the form MODULE or MODULE:CONTEXT"),
        ("--mp multiprocessing:", "--mp: 'multiprocessing:' is not of the form MODULE or MODULE:CONTEXT"),
        ("--mp raises_on_import", "--mp: importing 'raises_on_import' failed: ZeroDivisionError: division by zero"),
        ("--mp needs_missing", "--mp: importing 'needs_missing' failed: No module named 'no_such_dependency'"),
        (
            "--mp childless",
            "--mp: childless: the child that was started to probe it failed: OSError: no more ",
        ),
        ("--mp multiprocessing:spawn --mp multiprocessing", "--mp: multiprocessing:spawn is named twice"),
        ("--mp leaves_on_import", "--mp: importing 'leaves_on_import' failed: SystemExit: out of paper"),
        ("--mp=", "--mp: '' is not the name of a module, which is like 'package.module'"),
        ("--mp .mylib", "--mp: '.mylib' is not the name of a module, which is like 'package.module'"),
        ("--mp mylib/core", "--mp: 'mylib/core' is not the name of a module, which is like 'package.module'"),
        ("--impl ./mylessons", "--impl: './mylessons' is not the name of a module, which is like 'package.module'"),
        ("--impl nosuch", "--impl: no module named 'nosuch' here; is it installed?"),
        ("--impl json", "--impl: 'json' is not a package of lessons: it has none of identity, "),
        ("--impl raises_on_import", "--impl: importing 'raises_on_import' failed: ZeroDivisionError: "),
        ("--claim zombi.lingers", "--claim: no claim begins with 'zombi.lingers'; did you mean zombie.lingers-"),
        ("--claim 42", "--claim: no claim begins with '42'; python -m spec claims lists them"),
        ("--hang-after 0", "--hang-after takes a number of seconds above zero"),
        ("--hang-after nan", "--hang-after takes a number of seconds above zero"),
        ("--timeout inf", "--timeout takes a number of seconds, 0 for no limit"),
        ("--timeout nan", "--timeout takes a number of seconds, 0 for no limit"),
        ("--scale 0", "--scale takes a whole number, 1 or more"),
        ("--claim=", "--claim: no claim begins with ''; python -m spec claims lists them"),
        ("--mp nosuch -n 2", "--mp: no module named 'nosuch' here; is it installed?"),
        ("--claim 42 -n 2", "--claim: no claim begins with '42'; python -m spec claims lists them"),
    ],
)
def test_one_line_says_what_is_wrong(arguments: str, answer: str, modules: Path) -> None:
    """Each mistake gets its message."""
    run = verify("spec/", *arguments.split(), path=modules)
    assert run.error.startswith(answer)
    assert run.status == pytest.ExitCode.USAGE_ERROR
    assert "Traceback" not in run.output
    assert len([line for line in run.output.splitlines() if line.strip()]) == 1


def test_scale_multiplies_what_the_claims_say() -> None:
    """At another scale a sound API still holds, and the message of a claim that fails has the scaled numbers."""
    crowds = "--claim=lock", "--claim=zombie.piles-up", "--claim=sharing.loses"
    run = verify(*crowds, "--mp=multiprocessing:fork", "--scale=3")
    assert run.status == 0
    assert "scale: 3" in run.output
    assert len(run.claims("holds")) > 30
    scaled = verify(
        "--claim=sharing.loses", "--impl=spec.selftest.defects.lessons.sharing.always_takes_the_lock", "--scale=3"
    )
    assert "expected [(300,)" in scaled.output
