"""A burst of requests to a real server: all are answered, all alike, and how long they took is printed."""

from __future__ import annotations

import http.client
import json
import statistics
import threading
import time

import pytest

pytest.importorskip("fastapi", reason="the workbench needs the extra web")

from pipeline.tagging.tagger import model_facts, tag_article
from tests.corpora import CORPUS, trained
from tests.served import served
from tests.workbench import workbench_project

REQUESTS, CONNECTIONS = 2000, 16
TEXT = "\n\n".join(text for _, _, text in CORPUS[:12])


class Client(threading.Thread):
    """One connection that asks the same thing again and again; keeps what differs from the wanted answer."""

    def __init__(self, server, wanted, together):
        super().__init__()
        self.connection = http.client.HTTPConnection(server.host, server.port, timeout=120)
        self.wanted, self.together = wanted, together
        self.seconds, self.others = [], []

    def run(self):
        """Ask for its share of the requests, all on one connection."""
        body = json.dumps({"text": TEXT})
        self.connection.connect()
        socket = self.connection.sock
        self.together.wait()
        for _ in range(REQUESTS // CONNECTIONS):
            begun = time.perf_counter()
            self.connection.request("POST", "/api/tag", body, {"Content-Type": "application/json"})
            answer = self.connection.getresponse()
            told = answer.read()
            self.seconds.append(time.perf_counter() - begun)
            if answer.status != http.client.OK or json.loads(told) != self.wanted or self.connection.sock is not socket:
                self.others.append((answer.status, told[:500]))
        self.connection.close()


def test_two_thousand_requests_over_sixteen_connections_get_the_one_right_answer(tmp_path, record_property, capsys):
    model = trained()
    tagged = tag_article(TEXT, model)
    paragraphs = [paragraph.to_dict(evidence=False) for paragraph in tagged.paragraphs]
    wanted = {"model": model_facts(model), "articles": [{**tagged.to_dict(), "paragraphs": paragraphs}]}
    together = threading.Barrier(CONNECTIONS)
    with served(workbench_project(tmp_path)) as server:
        clients = [Client(server, wanted, together) for _ in range(CONNECTIONS)]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
        server.stop()
    assert not [other for client in clients for other in client.others][:3]
    took = [seconds for client in clients for seconds in client.seconds]
    assert len(took) == REQUESTS
    assert len(server.said) == 2  # the address, and that it was interrupted: not one complaint
    middle, slowest = (1000 * seconds for seconds in (statistics.median(took), statistics.quantiles(took, n=100)[98]))
    record_property("median_ms", round(middle, 1))
    record_property("p99_ms", round(slowest, 1))
    with capsys.disabled():
        print(  # noqa: T201  the figures are what the burst is for
            f"\n{REQUESTS} requests over {CONNECTIONS} connections: median {middle:.1f} ms, 99th percentile {slowest:.1f} ms"
        )
