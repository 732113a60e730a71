"""A server ended by SIGKILL in the middle of saving loses nothing that it said was saved, and breaks no line."""

import http.client
import json
import signal
import threading
from contextlib import closing
from itertools import count, islice

import pytest

from pipeline.annotation.annotations import label_file, read_annotations
from pipeline.annotation.check import check_project
from pipeline.text.reading import read_article
from tests.corpora import KEYS
from tests.served import served
from tests.workbench import workbench_project

CLIENTS, SAVES = 4, 50
NAMES = ("carla", "dina", "carla", "dina")  # two clients to a file


def judgements(project, client):
    """What one client saves, without end: paragraphs in turn, each time with other topics and a note of its own."""
    paragraphs = [p for path in sorted(project.articles.glob("*.txt")) for p in read_article(path).content]
    for number in count():
        paragraph = paragraphs[(client * 11 + number) % len(paragraphs)]
        yield {
            "annotator": NAMES[client],
            "article": paragraph.article_id,
            "start": paragraph.start,
            "end": paragraph.end,
            "sha": paragraph.sha,
            "topics": [KEYS[number % len(KEYS)]],
            "note": f"client {client} save {number}",
            "queue": "random",
            "shown": "",
        }


class Clients:
    """Four clients that save until the server is gone, or so often; ``acknowledged`` holds what it said was saved."""

    def __init__(self, project, port, saves=None):
        self.acknowledged = []
        self.refused = []
        self.enough = threading.Condition()
        self.threads = [
            threading.Thread(target=self._save, args=(port, islice(judgements(project, client), saves)))
            for client in range(CLIENTS)
        ]
        for thread in self.threads:
            thread.start()

    def _save(self, port, wanted):
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
            for body in wanted:
                try:
                    connection.request("POST", "/api/label", json.dumps(body), {"Content-Type": "application/json"})
                    answer = connection.getresponse()
                    with closing(answer):
                        said = answer.read()
                except (OSError, http.client.HTTPException):
                    return
                with self.enough:
                    (self.acknowledged if answer.status == http.client.OK else self.refused).append((body, said))
                    self.enough.notify_all()

    def wait_for(self, number):
        """Until so many saves are acknowledged, or no client is left that could."""
        with self.enough:
            self.enough.wait_for(lambda: len(self.acknowledged) >= number or self.refused, timeout=120)

    def join(self):
        """Until every client has ended."""
        for thread in self.threads:
            thread.join()


def lines_of(project, name):
    return [line for _, line in read_annotations(label_file(project, name), KEYS)]


@pytest.mark.parametrize("number", [7, 90, 170])
def test_every_acknowledged_save_is_in_the_files_after_sigkill_and_no_line_is_broken(tmp_path, number):
    project = workbench_project(tmp_path)
    with served(project) as server:
        clients = Clients(project, server.port)
        clients.wait_for(number)
        server.stop(signal.SIGKILL)
        clients.join()
    assert not clients.refused, clients.refused[0]
    assert number <= len(clients.acknowledged)
    kept = {line.note: line for name in set(NAMES) for line in lines_of(project, name)}
    for body, _ in clients.acknowledged:
        line = kept[body["note"]]
        assert (line.annotator, line.article, line.start, line.sha) == tuple(
            body[key] for key in ("annotator", "article", "start", "sha")
        )
        assert list(line.topics) == body["topics"]
    log = [
        json.loads(line)
        for name in set(NAMES)
        for line in (project.labels / "log" / f"{name}.jsonl").read_text("utf-8").splitlines()
    ]
    assert {body["note"] for body, _ in clients.acknowledged} <= {event["note"] for event in log}
    assert not check_project(project)[0]


def test_after_a_kill_the_next_server_goes_on_with_the_same_files(tmp_path):
    project = workbench_project(tmp_path)
    with served(project) as server:
        clients = Clients(project, server.port)
        clients.wait_for(40)
        server.stop(signal.SIGKILL)
        clients.join()
    with served(project) as server:
        again = Clients(project, server.port, SAVES)
        again.join()
    assert not again.refused
    assert len(again.acknowledged) == CLIENTS * SAVES
    notes = [line.note for name in set(NAMES) for line in lines_of(project, name)]
    assert {f"client {c} save {n}" for c in range(CLIENTS) for n in range(SAVES)} <= set(notes)
    assert not check_project(project)[0]
