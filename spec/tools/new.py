"""Write the skeleton of a claim, with a defect that is made for it, or of a lesson."""

from __future__ import annotations

import argparse
import difflib
import keyword
import re

from spec.engine import lessons
from spec.engine.claims import ids, node_ids
from spec.paths import CLAIMS_FOLDER, DEFECTS_FOLDER, ROOT
from spec.tools.command_line import UsageError

PLACEHOLDER = "State here, in one sentence, what is true."
DEFECT_PLACEHOLDER = "Say here, in one sentence, what is wrong with this API."
SOURCE_PLACEHOLDER = "https://docs.python.org/3/library/multiprocessing.html#"
"""The wording of a claim that is not written yet."""

MODULE_SKELETON = '''\
"""{title}."""

from __future__ import annotations

from impl.contract import Multiprocessing
from spec.engine.lessons import Lesson
from spec.engine.marks import needs, source

pytestmark = needs("Process")
'''

TEST_SKELETON = '''

@source("{source}")
def test_{name}(mp: Multiprocessing, lesson: Lesson) -> None:
    """{placeholder}"""
    raise NotImplementedError("set the scene, let one thing happen, state what must be true")
'''

FAMILY_SKELETON = '''\
"""{title} with a fault."""

from __future__ import annotations

from spec.selftest.defects.declaration import Broken, Family

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods
'''

DEFECT_SKELETON = '''

@family.breaks("{id}")
class {classname}(Broken):
    """{placeholder}"""
'''

LESSON_SKELETON = '''\
"""{title}: explain the subject here, in a few sentences."""

from __future__ import annotations

from impl.contract import Multiprocessing, Task


def run(mp: Multiprocessing, task: Task) -> None:
    """Show it: run *task* in a child, and join the child.

    Args:
        mp: the multiprocessing API.
        task: what runs in the child.
    """
    child = mp.Process(target=task)
    child.start()
    child.join()


def demo(mp: Multiprocessing) -> None:
    """Say here in one line what a person sees.

    Look for what shows the point.
    """
    run(mp, hello)
    print("result: say here what happened, from what was counted")


def hello() -> None:
    """Say hello."""
    print("hello from a child", flush=True)
'''

PAYLOADS_SKELETON = '''\
"""What the claims of the lesson `{name}` run in children."""

from __future__ import annotations
'''


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="claim|lesson")
    claim = kinds.add_parser("claim", help="a test, and a defect that breaks it")
    claim.add_argument("id", help="LESSON.WHAT-IS-CLAIMED, such as zombie.lingers-until-joined")
    claim.add_argument(
        "--in",
        dest="subject",
        metavar="SUBJECT",
        help="the module spec/claims/LESSON/test_SUBJECT.py; it is made if it does not exist. Default: LESSON",
    )
    claim.add_argument(
        "--defect-in",
        metavar="FAMILY",
        help="the module spec/selftest/defects/FAMILY.py; it is made if it does not exist. Default: LESSONs",
    )
    lesson = kinds.add_parser("lesson", help="a module of impl, and a folder for its claims")
    lesson.add_argument("name", help="the name of the lesson, such as lock")


def run(asked: argparse.Namespace) -> int:
    """Write the skeleton that is asked for, and say what to do next."""
    print(*(_claim(asked) if asked.kind == "claim" else _lesson(asked.name)), sep="\n")
    return 0


def _claim(asked: argparse.Namespace) -> list[str]:
    lesson, dot, what = asked.id.partition(".")
    if not dot or not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", what):
        raise UsageError(
            f"{asked.id!r} is not of the form LESSON.WHAT-IS-CLAIMED, such as zombie.piles-up,"
            " in small letters, digits and hyphens"
        )
    if lesson not in lessons.names():
        alike = difflib.get_close_matches(lesson, lessons.names(), n=1)
        hint = f"did you mean {alike[0]}?" if alike else f"python -m spec new lesson {lesson} makes it"
        raise UsageError(f"there is no lesson {lesson!r}; {hint}")
    if asked.id in ids():
        raise UsageError(f"{asked.id} exists already: {node_ids()[asked.id]}")
    subject, family = (
        _name((asked.subject or lesson).removeprefix("test_"), "SUBJECT"),
        _name(asked.defect_in or f"{lesson}s", "FAMILY"),
    )
    test, defect = CLAIMS_FOLDER / lesson / f"test_{subject}.py", DEFECTS_FOLDER / f"{family}.py"
    words = what.replace("-", "_")
    classname = "".join(map(str.capitalize, what.split("-")))
    for path, head, body in (
        (test, MODULE_SKELETON, TEST_SKELETON.format(name=words, placeholder=PLACEHOLDER, source=SOURCE_PLACEHOLDER)),
        (
            defect,
            FAMILY_SKELETON,
            DEFECT_SKELETON.format(id=asked.id, classname=classname, placeholder=DEFECT_PLACEHOLDER),
        ),
    ):
        title = path.stem.removeprefix("test_").replace("_", " ").capitalize()
        old = path.read_text(encoding="utf-8") if path.exists() else head.format(title=title)
        path.write_text(old.rstrip("\n") + "\n" + body, encoding="utf-8")
    return [
        f"{test.relative_to(ROOT)}: write the test, its wording and its source",
        f"{defect.relative_to(ROOT)}: make an API that is wrong in just that, and rename its class after the fault",
        f"then: pytest spec/ --claim {asked.id}",
        f"then: python -m spec matrix {family} --claim {asked.id} --update",
        f"then: python -m spec matrix --claim {asked.id} --update  # all defects, which takes ten minutes or more",
        "then: python -m spec check --update",
    ]


def _lesson(name: str) -> list[str]:
    name = _name(name, "the name of a lesson")
    module, folder = ROOT / "impl" / f"{name}.py", CLAIMS_FOLDER / name
    if module.exists() or folder.exists():
        raise UsageError(f"the lesson {name} exists already: impl/{name}.py, spec/claims/{name}")
    module.write_text(LESSON_SKELETON.format(title=name.replace("_", " ").capitalize()), encoding="utf-8")
    folder.mkdir()
    (folder / "__init__.py").write_text(f'"""The claims of the lesson `{name}`."""\n', encoding="utf-8")
    (folder / "payloads.py").write_text(PAYLOADS_SKELETON.format(name=name), encoding="utf-8")
    return [
        f"impl/{name}.py: write the lesson; its docstrings are the contract",
        f"spec/claims/{name}/payloads.py: what its claims run in children",
        f"then: python -m impl {name}",
        f"then: python -m spec new claim {name}.WHAT-IS-CLAIMED",
    ]


def _name(text: str, what: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", text) or keyword.iskeyword(text):
        raise UsageError(f"{text!r} cannot be {what}: it is the name of a module, in small letters, such as reaping")
    return text
