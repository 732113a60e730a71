"""The archive command killed at any moment: what it leaves is whole, and the same call ends with the same bytes."""

import json
import random
import shutil
import signal
import subprocess
import sys
import time

import pyarrow.parquet as pq
import pytest

from pipeline.learning.persist import save_model
from tests.corpora import CORPUS, trained

KILLS = 10
SHARDS = 24


@pytest.fixture
def archive(tmp_path):
    save_model(trained(), tmp_path / "model", "card\n")
    body = "\n\n".join(text for _, _, text in CORPUS)
    lines = [json.dumps({"id": f"n{i}", "text": f"Report {i}\n\n{body}\n"}) for i in range(SHARDS * 8)]
    lines[::50] = ["oops"] * len(lines[::50])
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    return tmp_path


def start(folder, out, workers):
    # The smallest size the command line offers is too large for a test, so its own function is told another.
    code = (
        "import sys\nfrom dataclasses import replace\nfrom pipeline.tagging.archive import run\n"
        "def small(inputs, out, model, options, plain=run.tag_archive, **more):\n"
        f"    return plain(inputs, out, model, replace(options, shard_bytes={len(body_of(folder)) // SHARDS}), **more)\n"
        "run.tag_archive = small\nfrom pipeline.cli import main\n"
        "if __name__ == '__main__':\n    main(sys.argv[1:])\n"
    )
    script = folder / "command.py"
    script.write_text(code)
    arguments = ["tag", "a.jsonl", "--out", out, "--model", "model", "--workers", str(workers)]
    return subprocess.Popen([sys.executable, script, *arguments], cwd=folder, stderr=subprocess.PIPE)


def body_of(folder):
    return (folder / "a.jsonl").read_bytes()


def names(folder):
    try:
        return sorted(path.name for path in folder.iterdir())
    except FileNotFoundError:
        return []


def seen(out):
    """How many files of each kind are there."""
    found = names(out)
    return {
        "manifest": "manifest.json" in found,
        "shard": sum(name.startswith("part-") for name in names(out / "rows")),
        "half": sum(name.startswith(".") for name in [*found, *names(out / "rows"), *names(out / "progress")]),
        "note": sum(name.endswith(".json") for name in names(out / "progress")),
        "rejects": "rejects.jsonl" in found,
    }


def content(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_ten_kills_at_random_moments_change_nothing_in_the_end(archive):
    whole = start(archive, "whole", 1)
    assert whole.wait(60) == 0, whole.stderr.read().decode()
    wanted = content(archive / "whole")
    assert sum(name.startswith("rows/part-") for name in wanted) > SHARDS // 2
    draw = random.Random(20_261)  # noqa: S311  no secret
    out = archive / "out"
    killed = 0
    while killed < KILLS:
        event = draw.choice(["manifest", "shard", "half", "note"])
        before, more, pause = seen(out), draw.randint(1, 2), draw.random() * 0.02
        process = start(archive, "out", 2 if killed % 5 == 0 else 1)
        deadline = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < deadline:
            now = seen(out)
            if now[event] >= (1 if event in {"manifest", "half"} else before[event] + more):
                break
        time.sleep(pause)  # the moment is to be any, not one the program knows
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            killed += 1
        process.wait(60)
        process.stderr.close()
        for path in out.glob("rows/part-*.parquet"):
            assert path.read_bytes() == wanted[f"rows/{path.name}"]
            pq.read_metadata(path)
        if seen(out)["rejects"]:  # it was done before it could be killed: begin anew
            shutil.rmtree(out)
    last = start(archive, "out", 1)
    assert last.wait(60) == 0, last.stderr.read().decode()
    last.stderr.close()
    whole.stderr.close()
    assert content(out) == wanted


def test_ctrl_c_ends_the_run_and_the_same_call_goes_on(archive):
    process = start(archive, "out", 2)
    while process.poll() is None and seen(archive / "out")["note"] < 2:
        time.sleep(0.001)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert said.decode().endswith("threat-topics: interrupted\n")
    assert not seen(archive / "out")["rejects"]
    for out in ("out", "whole"):
        process = start(archive, out, 1)
        _, said = process.communicate(timeout=60)
        assert process.returncode == 0, said
    assert content(archive / "out") == content(archive / "whole")
