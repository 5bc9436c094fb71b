"""Names and sizes: which are taken, which are refused, and what a refusal leaves."""

from __future__ import annotations

from spec.claims.shared.silence import ends_silently
from spec.claims.shared_memory import payloads
from spec.engine.fixtures import MakeWorker, Programs
from spec.engine.marks import needs, source
from spec.harness import dev_shm
from spec.harness.dev_shm import path_of
from spec.harness.memory_maker import SharedMemories, exists, inode_of
from spec.harness.witness import caller, kernel, recorder, refuses

pytestmark = needs("Process", "SharedMemory")

BLOCK = (
    "https://docs.python.org/3/library/multiprocessing.shared_memory.html#multiprocessing.shared_memory.SharedMemory"
)
OPEN = "https://man7.org/linux/man-pages/man3/shm_open.3.html"

TOO_LARGE = 2**60
"""The number of bytes of a block that no machine has."""

LARGE_BLOCK_BYTES = 2**26
"""The number of bytes of a block for which a process can have no room."""


@source(BLOCK + ".name")
def test_has_the_name_that_it_is_given(memory: SharedMemories) -> None:
    """A block that is made with a name has that name, with or without letters, up to 200 characters."""
    for form in "{}", "{}.tar.gz", "-- {} --", "{}" + "x" * 170:
        name = memory.new_name(form)
        caller.shows("the name of the block", memory.create(name=name).name, expected=name)
        kernel.shows("whether it exists", exists(name), expected=True)


@source(BLOCK)
def test_without_a_name_each_gets_its_own(memory: SharedMemories) -> None:
    """Blocks that are made without a name get different names, and are different memory."""
    names = [memory.create().name for _ in range(50)]
    kernel.shows("the number of different names, and files", _different(names), expected=(50, 50))


def _different(names: list[str]) -> tuple[int, int]:
    return len({*names}), len({inode_of(name) for name in names})


@source("https://man7.org/linux/man-pages/man7/shm_overview.7.html", observed=True)
def test_is_the_name_of_its_file(memory: SharedMemories) -> None:
    """The name of a block that was made without one is that of its file in shared memory, without a slash."""
    name = memory.create().name
    kernel.shows("whether there is a file of this name", name in dev_shm.names(), expected=True)


@source(BLOCK)
def test_name_in_use_is_refused(memory: SharedMemories) -> None:
    """A block cannot be made with a name that is in use; the block that has the name stays as it is."""
    block = memory.create(5000)
    block.buf[:4] = b"rice"
    for size in 1, 5000, 10_000:
        with refuses(FileExistsError):
            memory.create(size, name=block.name)
    file = path_of(block.name)
    seen = file.stat().st_size, file.read_bytes()[:4]
    kernel.shows("the size and the beginning of the block", seen, expected=(block.size, b"rice"))


@source(BLOCK, observed=True)
def test_missing_names_are_refused(memory: SharedMemories) -> None:
    """Attaching to a name that is not in use raises FileNotFoundError, and makes no block."""
    name = memory.new_name()
    for size in 0, 100:
        with refuses(FileNotFoundError):
            memory.attach(name, size=size)
        kernel.shows("whether there is a block now", exists(name), expected=False)


@source(BLOCK)
def test_attaching_needs_a_name(memory: SharedMemories) -> None:
    """To attach without a name raises ValueError."""
    for how in {}, {"size": 100}, {"create": False}:
        with refuses(ValueError):
            memory.SharedMemory(**how)


@source(BLOCK, observed=True)
def test_sizes_below_one_are_refused(memory: SharedMemories) -> None:
    """A new block needs a size of one or more; any other raises ValueError, and leaves no name."""
    name = memory.new_name()
    for how in {"size": 0}, {"size": -1}, {}:
        with refuses(ValueError):
            memory.SharedMemory(name, create=True, **how)
        kernel.shows("whether there is a block", exists(name), expected=False)


@source("https://docs.python.org/3/library/os.html#os.ftruncate", observed=True)
@source("https://github.com/python/cpython/issues/153279", observed=True)
def test_block_without_room_leaves_no_name(memory: SharedMemories) -> None:
    """A block that is larger than all memory is refused with OSError, and leaves no name."""
    name = memory.new_name()
    with refuses(OSError):
        memory.SharedMemory(name, create=True, size=TOO_LARGE)
    kernel.shows("whether there is a block", exists(name), expected=False)


@source("https://github.com/python/cpython/issues/153279", observed=True)
def test_program_without_room_is_silent(memory: SharedMemories, program: Programs) -> None:
    """A program that is refused a block that is too large, and handles that, prints nothing."""
    ends_silently(program.main(payloads.ask_too_much, memory.new_name(), TOO_LARGE))


@source("https://github.com/python/cpython/issues/153279")
def test_failed_attach_removes_nothing(memory: SharedMemories, worker: MakeWorker) -> None:
    """If a process has no room to attach to a block, it gets an OSError, and the block stays for the others."""
    child, block = worker(attach=payloads.attach_without_room), memory.create(LARGE_BLOCK_BYTES)
    block.buf[:4] = b"rice"
    told = child.call("attach", memory.SharedMemory, block.name, LARGE_BLOCK_BYTES // 4)
    recorder.shows("what is raised", told, expected="OSError")
    kernel.shows("whether the block has its name", exists(block.name), expected=True)
    caller.shows(
        "what another process reads that attaches", bytes(memory.attach(block.name).buf[:4]), expected=b"rice"
    )


@source("https://github.com/python/cpython/issues/115886")
def test_name_with_a_null_is_refused(memory: SharedMemories) -> None:
    """A name with a null character is refused with ValueError, and the block with the shorter name is not touched."""
    block, name = memory.create(), memory.new_name()
    block.buf[0] = 7
    for wrong in f"{block.name}\0", f"{block.name}\0a":
        with refuses(ValueError):
            memory.SharedMemory(wrong)
        with refuses(ValueError):
            memory.SharedMemory(wrong.replace(block.name, name), create=True, size=1)
    seen = exists(block.name), block.buf[0], exists(name)
    kernel.shows("the block, its first byte, and the other block", seen, expected=(True, 7, False))


@source(OPEN)
def test_impossible_names_leave_nothing(memory: SharedMemories) -> None:
    """A name with a slash inside, or of more than 255 bytes, is refused with OSError or ValueError."""
    for form in "{}/inside", "{}" + "x" * 255:
        name = memory.new_name(form)
        for how in {"create": True, "size": 1}, {}:
            seen = "no exception"
            try:
                memory.SharedMemory(name, **how)
            except (OSError, ValueError):
                seen = "refused"
            caller.shows("what becomes of the name", seen, expected="refused")
        beginning = name.partition("/")[0][:255]
        kernel.shows("whether there is a block with the beginning of the name", exists(beginning), expected=False)


@source("https://github.com/python/cpython/issues/103043", observed=True)
def test_name_of_any_script_is_taken_or_leaves_nothing(memory: SharedMemories) -> None:
    """A name may have letters of any script; if such a name is refused, there is no block with that name."""
    for form in "{}-é", "{}-洪七", "{}-🥟":
        name = memory.new_name(form)
        try:
            made = memory.create(name=name).name
        except ValueError:
            kernel.shows("whether there is a block whose name was refused", exists(name), expected=False)
        else:
            caller.shows("the name of the block", made, expected=name)
            kernel.shows("whether there is a block", exists(name), expected=True)


@source("https://github.com/python/cpython/issues/98896")
def test_colons_in_a_name_are_no_trouble(memory: SharedMemories, program: Programs) -> None:
    """A program that makes, uses and removes a block whose name contains colons prints nothing."""
    ends_silently(program.main(payloads.use_and_remove, memory.new_name("{}:a::b")))


@source("https://github.com/python/cpython/pull/138473", observed=True)
def test_line_breaks_in_a_name_are_no_trouble(memory: SharedMemories, program: Programs) -> None:
    """A program that makes, uses and removes a block whose name contains a line break prints nothing."""
    ends_silently(program.main(payloads.use_and_remove, memory.new_name("{}\nb")))


@source("https://github.com/python/cpython/issues/105380")
def test_slash_before_a_name_makes_no_difference(memory: SharedMemories, program: Programs) -> None:
    """A program that puts a slash before the name to attach to its block prints nothing when all is removed."""
    ends_silently(program.main(payloads.use_slashes_and_remove, memory.new_name()))
