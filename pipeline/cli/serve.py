"""The verb that opens the workbench for a browser."""

from __future__ import annotations

import webbrowser
from importlib.util import find_spec
from pathlib import Path
from threading import Thread

import click

from pipeline.cli.options import model_option, now, project_of, project_option, talk
from pipeline.errors import MissingExtraError

NEEDED = ("fastapi", "jinja2", "python_multipart", "uvicorn")


@click.command()
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="address to listen on; any but this machine's own loopback needs a token",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="port to listen on; 0: any that is free",
)
@click.option("--open", "opening", is_flag=True, help="open it in the browser")
@click.option(
    "--token",
    envvar="THREAT_TOPICS_TOKEN",
    help="what browsers are asked for once, and other programs send as Authorization: Bearer; $THREAT_TOPICS_TOKEN keeps it from those who can list this machine's processes",
)
@project_option
@model_option
def serve(
    host: str, port: int, token: str | None, folder: Path | None, model_path: Path | None, *, opening: bool
) -> None:
    """Open the workbench in the browser: tag, label, review.

    It runs on this machine and asks nothing of any other. Ctrl-C stops it; whatever was saved is in the project's files.

    \b
    Example:
      threat-topics serve --open
    """
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise MissingExtraError(f"the workbench needs {' and '.join(missing)}; pip install 'threat-topics[web]'")
    from pipeline.web.server import listen, run  # noqa: PLC0415  loads the web framework
    from pipeline.web.state import Workbench  # noqa: PLC0415  the same

    workbench = Workbench(project_of(folder), model_path, now)
    workbench.codebook()  # broken, nothing could be shown
    listener = listen(host, port, token)

    def ready(address: str) -> None:
        talk(f"threat-topics: the workbench is at {address} (Ctrl-C stops it)")
        if opening:
            # A browser of the terminal would keep this thread from ever answering it.
            Thread(target=webbrowser.open, args=(address,), daemon=True).start()

    run(workbench, listener, ready)
