"""Work behind the pages: begun once, watched, ended, and never leaving half of anything behind."""

import signal
import sys
import time
from dataclasses import replace

import pytest

pytest.importorskip("fastapi", reason="the workbench needs the extra web")

from starlette.testclient import TestClient

from pipeline.annotation.annotations import append_annotations, label_file, read_annotations
from pipeline.files import write_text
from pipeline.web.app import make_app
from pipeline.web.jobs import verbs
from pipeline.web.jobs.processes import CANCELLED, DONE, FAILED, RUNNING, BusyError, Jobs
from pipeline.web.state import Workbench
from tests.corpora import QUICK
from tests.workbench import NOW, workbench, workbench_project

# Says on stderr how far it is, and takes each step when the file of its number appears.
STEPS = """
import sys, time
from pathlib import Path
for step in (1, 2, 3):
    while not Path(sys.argv[1], str(step)).exists():
        time.sleep(0.01)
    print(f"cross-validation: {step} of 3 folds", file=sys.stderr, flush=True)
"""
STUBBORN = """
import signal, sys, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
print("cross-validation: 1 of 2 folds", file=sys.stderr, flush=True)
time.sleep(600)
"""

# Ends well when it is asked to end, as what has just finished does.
DONE_ALREADY = """
import signal, sys, time
signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
print("cross-validation: 1 of 1 folds", file=sys.stderr, flush=True)
time.sleep(600)
"""


@pytest.fixture
def project(tmp_path):
    return workbench_project(tmp_path)


@pytest.fixture
def bench(project):
    return workbench(project)


@pytest.fixture
def client(bench):
    with TestClient(make_app(bench)) as asked:
        yield asked


def python(program, *arguments):
    return [sys.executable, "-c", program, *map(str, arguments)]


def now():
    return NOW


def nothing():
    return "well done"


def until(look, wanted):
    """Wait until something is as it should be; a minute is for a machine that does other things too."""
    end = time.monotonic() + 60
    while (found := look()) != wanted:
        assert time.monotonic() < end, f"still {found}"
        time.sleep(0.01)


def the_job(running):
    return running.listed(now)[0]


def test_steps_are_told_as_they_are_done(tmp_path):
    running = Jobs()
    begun = running.start("work", python(STEPS, tmp_path), now, nothing)
    assert (begun.state, begun.done, begun.whole) == (RUNNING, 0, 0)
    for step in (1, 2, 3):
        (tmp_path / str(step)).touch()
        until(lambda: the_job(running).done, step)
    running.wait("work")
    done = the_job(running)
    assert (done.state, done.done, done.whole, done.message) == (DONE, 3, 3, "well done")


def test_one_of_a_kind_runs_at_a_time_and_another_kind_beside_it(tmp_path):
    running = Jobs()
    running.start("work", python(STEPS, tmp_path), now, nothing)
    with pytest.raises(BusyError, match="work runs already; wait until it is done, or cancel it"):
        running.start("work", python(STEPS, tmp_path), now, nothing)
    running.start("other", python("pass"), now, nothing)
    running.wait("other")
    running.cancel("work", now)
    assert {job.kind: job.state for job in running.listed(now)} == {"work": CANCELLED, "other": DONE}
    running.start("work", python("pass"), now, nothing)
    running.wait("work")
    assert the_job(running).state == DONE


def test_a_failure_keeps_the_sentence_of_the_verb_and_not_what_came_after_it():
    said = "import sys; print('threat-topics: labels are missing; add some', file=sys.stderr)"
    running = Jobs()
    running.start("work", python(f"{said}; print('and more', file=sys.stderr); sys.exit(2)"), now, nothing)
    running.wait("work")
    assert (the_job(running).state, the_job(running).message) == (
        FAILED,
        "threat-topics: labels are missing; add some",
    )


def test_a_failure_without_a_word_tells_its_status():
    running = Jobs()
    running.start("work", python("import sys; sys.exit(7)"), now, nothing)
    running.wait("work")
    assert the_job(running).message == "it ended with status 7 and did not say why"


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no such signal")
def test_what_does_not_end_when_asked_is_ended():
    running = Jobs(patience=0.2)
    running.start("work", python(STUBBORN), now, nothing)
    until(lambda: the_job(running).done, 1)
    assert running.cancel("work", now).state == CANCELLED
    assert running._held["work"].process.returncode == -signal.SIGKILL


def test_what_was_done_before_it_could_be_ended_is_told_as_done():
    running = Jobs()
    running.start("work", python(DONE_ALREADY), now, nothing)
    until(lambda: the_job(running).done, 1)
    cancelled = running.cancel("work", now)
    assert (cancelled.state, cancelled.message) == (DONE, "well done")


def test_a_retraining_tells_its_folds_and_the_workbench_goes_on_with_the_new_model(client, bench, project):
    before = bench.model().sha256
    lines = [line for _, line in read_annotations(label_file(project, "gold"))]
    append_annotations(label_file(project, "gold"), [_turned(line) for line in lines[:2]])
    answer = client.post("/api/jobs/retrain")
    assert (answer.status_code, answer.json()["state"], answer.json()["kind"]) == (202, RUNNING, "retrain")
    seen = []
    while (job := client.get("/api/jobs").json()[0])["state"] == RUNNING:
        seen.append(job["done"])
    assert seen == sorted(seen)
    assert (job["state"], job["done"], job["whole"]) == (DONE, 3, 3)
    assert job["message"] == "the model is trained anew; articles are tagged by it from now on"
    assert bench.model().sha256 != before
    assert [run["recipe"] for run in client.get("/api/leaderboard").json()] == ["quick"]


def _turned(line):
    return replace(line, topics=tuple(key for key in line.known if key not in line.topics))


def test_a_second_start_is_refused(client, bench):
    assert client.post("/api/jobs/retrain").status_code == 202
    again = client.post("/api/jobs/retrain")
    assert (again.status_code, again.headers["content-type"]) == (409, "application/problem+json")
    assert again.json()["detail"] == "retrain runs already; wait until it is done, or cancel it"
    assert client.delete("/api/jobs/retrain").json()["state"] == CANCELLED


def test_a_cancelled_retraining_leaves_the_old_model_whole_and_no_run(client, bench, project):
    many = replace(QUICK, evaluation=replace(QUICK.evaluation, repeats=30))  # is not done before it is cancelled
    write_text(project.recipe, many.to_toml())
    before = bench.model().sha256
    client.post("/api/jobs/retrain")
    until(lambda: client.get("/api/jobs").json()[0]["done"] > 0, wanted=True)
    cancelled = client.delete("/api/jobs/retrain").json()
    assert (cancelled["state"], cancelled["message"]) == (CANCELLED, "cancelled; nothing was changed")
    assert bench.model().sha256 == before
    assert sorted(path.name for path in project.experiments.iterdir()) == ["current", "default.toml"]
    again = client.delete("/api/jobs/retrain")
    assert (again.status_code, again.json()["status"]) == (409, 409)


def test_a_retraining_that_fails_says_why_in_the_verbs_own_sentence(client, bench, project):
    write_text(project.lexicon, "[weather]\nterms = []\n")
    client.post("/api/jobs/retrain")
    bench.jobs.wait("retrain")
    job = client.get("/api/jobs").json()[0]
    assert job["state"] == FAILED
    assert job["message"].startswith("threat-topics: ")
    assert "weather" in job["message"]


def test_the_gain_of_more_labels_than_there_are_is_refused_in_the_verbs_own_sentence(client, bench, project):
    client.post("/api/jobs/gain")
    bench.jobs.wait("gain")
    job = client.get("/api/jobs").json()[0]
    assert (job["kind"], job["state"]) == ("gain", FAILED)
    assert job["message"].startswith("threat-topics: the newest 100 judged paragraphs cannot be set apart")
    assert not verbs.gain_file(project).exists()


def test_what_runs_ends_with_the_server(bench, tmp_path):
    with TestClient(make_app(bench)) as client:
        bench.jobs.start("retrain", python(STEPS, tmp_path / "never"), now, nothing)
        assert client.get("/api/jobs").json()[0]["state"] == RUNNING
    assert bench.jobs.listed(now)[0].state == CANCELLED
    assert bench.jobs._held["retrain"].process.returncode is not None


def test_there_are_two_kinds_and_nothing_of_a_client_gets_into_their_commands(client, project):
    assert client.post("/api/jobs/rm").status_code == 422
    assert client.get("/api/jobs").json() == []
    begin = [sys.executable, "-m", "pipeline"]
    root = str(project.root)
    assert {kind: command(project) for kind, command in verbs.KINDS.items()} == {
        "retrain": [*begin, "train", "--project", root, "--json"],
        "gain": [*begin, "gain", "--project", root, "-n", "100", "--json", "-o", f"{root}/experiments/runs/gain.json"],
    }


def test_a_workbench_with_a_model_of_its_own_says_that_it_goes_on_with_it(project, tmp_path):
    named = Workbench(project, tmp_path / "elsewhere", now)
    assert verbs.said_after("retrain", named) == (
        "the project's own model is trained anew; this workbench goes on with the model it was given, "
        f"{tmp_path / 'elsewhere'}"
    )


def test_a_job_tells_how_long_it_ran(project):
    moments = iter([NOW, NOW, NOW.replace(second=17), NOW.replace(second=40)])
    running = Jobs()
    running.start("work", python("pass"), lambda: next(moments), nothing)
    running.wait("work")
    assert the_job(running).seconds == 10.0
