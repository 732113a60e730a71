"""The archive run on Dask workers: the bytes of a run without them, also when one is killed in the middle."""

import json
import os
import signal
import sys
from contextlib import contextmanager

import fsspec
import numpy as np
import pytest

from pipeline import ArchiveOptions, tag_archive
from pipeline.errors import InputError, MissingExtraError
from pipeline.learning.training import evaluate
from tests.corpora import CORPUS, LEXICON, QUICK, evaluated, quiet, small, trained

distributed = pytest.importorskip("distributed")

SMALL = ArchiveOptions(shard_bytes=4000)


@pytest.fixture
def archive(tmp_path):
    body = "\n\n".join(text for _, _, text in CORPUS)
    (tmp_path / "in").mkdir()
    for part in range(2):
        lines = [json.dumps({"id": f"n{part}-{i}", "text": f"Report {i}\n\n{body}\n"}) for i in range(20)]
        lines[7] = "oops"
        (tmp_path / "in" / f"p{part}.jsonl").write_text("\n".join(lines))
    tag_archive([str(tmp_path / "in")], tmp_path / "whole", trained(), SMALL)
    return tmp_path


@contextmanager
def cluster(workers):
    with distributed.LocalCluster(
        n_workers=workers, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
    ) as started:
        yield started


def content(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_worker_killed_midway_changes_nothing_in_the_result(archive):
    killed = []

    with cluster(2) as started, distributed.Client(started) as client:
        pids = client.run(os.getpid)

        def kill(progress):
            if progress.made == 2 and not killed:
                busy = next(address for address, tasks in client.processing().items() if tasks)
                killed.append(pids[busy])
                os.kill(pids[busy], signal.SIGKILL)

        tag_archive(
            [str(archive / "in")], archive / "out", trained(), SMALL, dask=started.scheduler_address, progress=kill
        )
    assert killed
    assert content(archive / "out") == content(archive / "whole")


def test_a_local_cluster_is_started_for_the_run_and_addresses_are_read_and_written(archive):
    out = f"file://{archive}/out"
    source = f"file://{archive}/in"
    summary = tag_archive([source], out, trained(), SMALL, dask="local", workers=2)
    wanted, found = content(archive / "whole"), content(archive / "out")
    for name, data in wanted.items():
        if name.startswith("rows/part-"):
            assert found[name] == data
    assert sorted(found) == sorted(wanted)
    assert summary.rejects == 2
    listed = [json.loads(line)["file"] for line in found["rejects.jsonl"].decode().splitlines()]
    assert listed == [f"file://{archive}/in/p0.jsonl", f"file://{archive}/in/p1.jsonl"]


def test_folds_carried_out_on_a_cluster_give_the_bits_of_folds_carried_out_here():
    from pipeline.learning.cluster import parallel_on

    with parallel_on("local", 2):
        there = evaluate(small(), LEXICON, QUICK, quiet)
    np.testing.assert_array_equal(there.out.S, evaluated().out.S)
    np.testing.assert_array_equal(there.rules.thresholds, evaluated().rules.thresholds)


def test_without_dask_a_run_reads_and_writes_any_address_too(archive):
    system = fsspec.filesystem("memory")
    for name, data in content(archive / "in").items():
        system.pipe_file(f"/in/{name}", data)
    tag_archive(["memory://in"], "memory://out", trained(), SMALL)
    wanted = {name: data for name, data in content(archive / "whole").items() if name.startswith("rows/part-")}
    assert {name: system.cat_file(f"/out/{name}") for name in wanted} == wanted
    tag_archive(["memory://in"], "memory://out", trained(), SMALL)
    with pytest.raises(InputError, match="no such file or folder"):
        tag_archive(["memory://gone"], "memory://out2", trained(), SMALL)


def test_a_scheduler_that_does_not_answer_is_named(archive):
    with pytest.raises(InputError, match="no scheduler answers there"):
        tag_archive([str(archive / "in")], archive / "out", trained(), SMALL, dask="nonsense://127.0.0.1:1")


def test_without_dask_the_line_that_installs_it_is_named(archive, monkeypatch):
    for module in ("pipeline.tagging.archive.cluster", "pipeline.learning.cluster"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'threat-topics\[cluster\]'"):
        tag_archive([str(archive / "in")], archive / "out", trained(), SMALL, dask="local")


def test_without_fsspec_an_address_names_the_line_that_installs_it(archive, monkeypatch):
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'threat-topics\[cluster\]'"):
        tag_archive(["memory://in"], archive / "out", trained(), SMALL)
