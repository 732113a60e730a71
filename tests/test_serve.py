"""The verb ``serve`` as a process: it starts, says where, answers, ends; and what it refuses to listen on."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
import sys
import threading

import pytest
from click.testing import CliRunner

pytest.importorskip("fastapi", reason="the workbench needs the extra web")

from pipeline.cli import main
from pipeline.errors import InputError
from pipeline.web import server
from pipeline.web.guard import POLICY, Door
from tests.served import EVERYWHERE, TOKEN, served
from tests.workbench import workbench_project


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return workbench_project(tmp_path_factory.mktemp("served"))


def ask(server, method, path, body=None, **headers):
    connection = http.client.HTTPConnection(server.host.strip("[]"), server.port, timeout=60)
    try:
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer, answer.read()
    finally:
        connection.close()


def refused(project, *options, **environment):
    """The one sentence of a server that does not start."""
    result = CliRunner(env={"THREAT_TOPICS_TOKEN": "", **environment}).invoke(
        main, ["serve", "--project", str(project.root), *options]
    )
    assert result.exit_code == 2, result.output
    assert not result.stdout
    assert result.stderr.count("\n") == 1
    return result.stderr


def test_the_server_says_where_it_is_and_how_to_stop_it_answers_and_ends_on_ctrl_c(project):
    with served(project) as process:
        answer, body = ask(process, "GET", "/api/health")
        assert answer.status == 200
        assert json.loads(body)["status"] == "ok"
        assert process.stop() == 130
    assert process.said == [
        f"threat-topics: the workbench is at http://127.0.0.1:{process.port}/ (Ctrl-C stops it)\n",
        "threat-topics: interrupted\n",
    ]


def test_a_polite_end_from_outside_leaves_no_traceback(project):
    with served(project) as process:
        ask(process, "GET", "/")
        assert process.stop(signal.SIGTERM) == -signal.SIGTERM
    assert len(process.said) == 1


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="this system has no such signal")
def test_a_terminal_that_is_closed_ends_the_server_and_what_it_runs_like_any_other_end(project):
    with served(project) as process:
        ask(process, "GET", "/")
        assert process.stop(signal.SIGHUP) == -signal.SIGTERM


def test_the_server_tells_strangers_neither_its_name_nor_logs_their_requests(project):
    with served(project) as process:
        answer, _ = ask(process, "GET", "/nothing-here")
        assert answer.status == 404
        assert answer.getheader("Server") is None
        assert answer.getheader("Content-Security-Policy") == POLICY
        process.stop()
    assert not any("nothing-here" in line for line in process.said)


def test_on_loopback_another_name_gets_nothing(project):
    with served(project) as process:
        answer, body = ask(process, "GET", "/api/topics", Host=f"news.example:{process.port}")
        assert answer.status == 421
        assert b"drugs" not in body
        answer, _ = ask(process, "GET", "/api/topics", Host=f"localhost:{process.port}")
        assert answer.status == 200


def test_a_body_longer_than_it_may_be_gets_its_answer_even_while_it_is_being_sent(project):
    parts = [b" " * 1_000_000] * 20
    with served(project) as process:
        for body in (b"".join(parts), iter(parts)):  # with a length, and in chunks
            connection = http.client.HTTPConnection(process.host, process.port, timeout=60)
            connection.request("POST", "/api/tag", body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            assert answer.status == 413
            assert json.loads(answer.read())["detail"].startswith("the request is longer than 16,777,216 bytes")
            connection.close()


def test_with_a_token_from_the_environment_only_who_knows_it_is_answered(project):
    with served(project, "--host", "localhost", THREAT_TOPICS_TOKEN=TOKEN) as process:
        assert ask(process, "GET", "/api/topics")[0].status == 401
        assert ask(process, "GET", "/api/topics", Authorization=f"Bearer {TOKEN}")[0].status == 200
        answer, _ = ask(process, "GET", "/label")
        assert (answer.status, answer.getheader("Location")) == (303, "/login")
    assert TOKEN not in "".join(process.said)


@pytest.mark.parametrize("host", [EVERYWHERE, "::", "0", "192.0.2.7", "::ffff:127.0.0.1"])
def test_an_address_others_can_reach_needs_a_token_and_is_not_bound_without(project, host, monkeypatch):
    monkeypatch.setattr(socket.socket, "bind", lambda *_: pytest.fail("was bound"))
    assert f"--host {host}: other machines could reach it, so it needs a token" in refused(project, "--host", host)


def test_a_name_counts_as_what_it_resolves_to(monkeypatch):
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.7", 8000))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: found)
    with pytest.raises(InputError, match="other machines could reach it"):
        server.listen("localhost", 8000, None)


@pytest.mark.parametrize(("host", "named"), [("127.0.0.2", "127.0.0.2"), ("LOCALHOST", "localhost"), ("::1", "[::1]")])
def test_on_loopback_the_name_that_was_given_is_answered_too(host, named):
    try:
        listener = server.listen(host, 0, None)
    except InputError as error:
        pytest.skip(str(error))  # no IPv6 here, or a loopback of one address
    listener.socket.close()
    assert listener.door.names == {"localhost", "127.0.0.1", "[::1]", named}


def test_the_address_of_a_server_is_one_a_browser_takes():
    for host, start in (("127.0.0.1", "http://127.0.0.1:"), ("::1", "http://[::1]:")):
        with socket.create_server(("127.0.0.1", 0)) as bound:
            shown = server.Listener(bound, host, Door()).address
            assert shown == f"{start}{bound.getsockname()[1]}/"


def test_with_a_token_any_address_is_listened_on_and_any_name_answered():
    listener = server.listen(EVERYWHERE, 0, TOKEN)
    listener.socket.close()
    assert listener.door.token == TOKEN
    assert listener.door.names is None


@pytest.mark.parametrize("token", ["short", "fifteen letters", "with a space in its middle", "größer-als-alle-anderen"])
def test_a_token_that_could_be_guessed_or_garbled_is_refused(project, token):
    assert "--token: must be 16 or more" in refused(project, "--token", token)
    assert "--token: must be 16 or more" in refused(project, THREAT_TOPICS_TOKEN=token)


def test_a_port_that_is_taken_costs_one_sentence(project):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert f"127.0.0.1:{port}: cannot be listened on: something else listens there already" in refused(
            project, "--port", str(port)
        )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--host", ""), "--host '': is no name or address"),
        (("--host", "no such host"), "--host 'no such host': is no name or address"),
        (("--host", "192.0.2.7", "--token", TOKEN), "192.0.2.7:8000: cannot be listened on: it is no address of this"),
    ],
)
def test_what_cannot_be_listened_on_costs_one_sentence(project, options, said):
    assert said in refused(project, *options)


def test_outside_of_a_project_there_is_nothing_to_serve(tmp_path):
    result = CliRunner().invoke(main, ["serve", "--project", str(tmp_path)])
    assert result.exit_code == 2
    assert "is no project, labels/codebook.toml is missing" in result.stderr


def test_a_broken_codebook_is_told_before_anything_is_served(project, tmp_path):
    broken = workbench_project(tmp_path, with_model=False)
    broken.codebook.write_text("version = ", encoding="utf-8")
    assert "codebook.toml: is not valid TOML" in refused(broken)


def test_without_the_extra_the_sentence_says_what_to_install(project, monkeypatch):
    monkeypatch.setattr("pipeline.cli.serve.find_spec", lambda name: None if name in {"fastapi", "uvicorn"} else name)
    said = refused(project)
    assert said == "threat-topics: the workbench needs fastapi and uvicorn; pip install 'threat-topics[web]'\n"


def test_help_loads_no_web_framework():
    code = (
        "import sys\nfrom pipeline.cli import main\ntry:\n    main(['serve', '--help'])\nexcept SystemExit:\n    pass\n"
        "print(sorted({'fastapi', 'starlette', 'pydantic', 'uvicorn'} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == "[]\n"
    assert "--port" in done.stdout


def test_open_shows_the_address_once_it_is_listened_on(project, monkeypatch):
    opened = []

    def browser(address):
        port = int(address.rstrip("/").rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=60):  # refused if nothing listened
            opened.append(address)

    class Stopped:
        def __init__(self, config):
            assert config.server_header is False
            assert config.proxy_headers is False
            assert config.access_log is False

        def run(self, sockets):  # noqa: ARG002  uvicorn's signature
            for thread in threads:
                thread.join()

    threads = []
    monkeypatch.setattr("webbrowser.open", browser)
    monkeypatch.setattr("pipeline.cli.serve.Thread", lambda **given: threads.append(started(**given)) or threads[-1])
    monkeypatch.setattr("uvicorn.Server", Stopped)
    result = CliRunner().invoke(main, ["serve", "--project", str(project.root), "--port", "0", "--open"])
    assert result.exit_code == 0, result.output
    assert opened == [result.stderr.split()[5]]


def started(*, target, args, daemon):
    thread = threading.Thread(target=target, args=args, daemon=daemon)
    thread.start()
    return Joined(thread)


class Joined:
    """A thread that has been started already."""

    def __init__(self, thread):
        self.join = thread.join

    def start(self):
        """It runs."""


def test_two_servers_of_one_project_find_a_port_each(project):
    with served(project) as one, served(project) as other:
        assert one.port != other.port
        assert ask(one, "GET", "/api/health")[0].status == ask(other, "GET", "/api/health")[0].status == 200
