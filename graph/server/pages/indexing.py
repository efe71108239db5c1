"""The index of a state of the store, made by a process of its own, so that the server goes on answering meanwhile.

``python -m graph.server.pages.indexing FOLDER FILE VERSION`` brings the index in FILE to the store in FOLDER.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from contextlib import suppress
from pathlib import Path

from graph import store
from graph.server.pages.search import Index

log = logging.getLogger("whodid.server")
NICE = 5


async def brought(folder: Path, file: Path, version: str) -> bool:
    """Whether the index in ``file`` could be brought to the state of the store in ``folder``."""
    command = [sys.executable, "-P", "-m", "graph.server.pages.indexing", str(folder), str(file), version]
    path = os.pathsep.join([str(Path(__file__).parents[3]), *filter(None, sys.path)])
    nothing = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(
        *command, stdin=nothing, stdout=nothing, stderr=asyncio.subprocess.PIPE, env={**os.environ, "PYTHONPATH": path}
    )
    try:
        _, said = await process.communicate()
    finally:
        with suppress(ProcessLookupError):
            process.kill()
    if process.returncode:
        log.warning("the index of the search could not be made beside: %s", said.decode("utf-8", "replace")[-500:])
    return process.returncode == 0


def main() -> None:
    """The process's own end. What it does is not urgent."""
    with suppress(OSError):
        os.nice(NICE)
    with store.open(sys.argv[1], write=False) as opened:
        index = Index(Path(sys.argv[2]))
        index.refresh(opened, sys.argv[3])
        index.close()


if __name__ == "__main__":
    main()
