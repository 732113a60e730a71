"""The interfaces for other programs: the command line's records, limits, hostile texts and names."""

from __future__ import annotations

import builtins
import gzip
import json
import threading
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

pytest.importorskip("fastapi", reason="the workbench needs the extra web")

import anyio.from_thread
from starlette.testclient import TestClient

from pipeline import __version__
from pipeline.annotation.codebook import load_codebook
from pipeline.cli import main
from pipeline.errors import InputError
from pipeline.learning.metrics import confusion
from pipeline.learning.persist import Evidence, save_model
from pipeline.tagging.tagger import tag_article
from pipeline.text.articles import article_from_text
from pipeline.text.reading import SUPPORTED
from pipeline.web.app import make_app
from pipeline.web.options import WebOptions
from pipeline.web.problems import MEDIA_TYPE
from pipeline.web.state import Workbench
from pipeline.web.tag import curves as curves_module
from pipeline.web.tag.export import pieces
from pipeline.web.tag.schemas import CurvePoint, ModelTold, ReadTold, TagTold, TopicTold
from pipeline.web.tag.uploads import LONGEST_ID, Reading, Upload, label, slug
from tests.corpora import CORPUS, KEYS, trained
from tests.workbench import NOW, workbench_project

TEXT = "\n\n".join(text for _, _, text in CORPUS[:20]) + "\n\nToo short\n"
FOREIGN = (
    "Die Polizei nahm den Mann fest, der das Heroin in die Stadt gebracht hatte, und suchte nach den anderen. " * 4
)
HOSTILE = (
    "Police found heroin <script>alert(1)</script> in <img src=x onerror=alert(1)> a truck.",
    'Hackers sold "><svg/onload=alert(1)> malware </textarea></title></style> on the dark web.',
    "Heroin {{ 7 * 7 }} {% include 'x' %} was seized ${7*7} on the river &lt;b&gt; bank.",
    "=cmd|' /C calc'!A0 heroin was found in a truck\n\n+1 heroin was found too\n\n@SUM(1) and heroin again here",
    "Heroin was found\u202e on the\u2028 river\u0000 bank by \ufffe hackers \U0001f600 \x1b[31mtoday",
)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return workbench_project(tmp_path_factory.mktemp("api"))


@pytest.fixture(scope="module")
def client(project):
    return TestClient(make_app(Workbench(project, None, lambda: NOW)))


def with_limits(project, **limits):
    return TestClient(make_app(Workbench(project, None, lambda: NOW, WebOptions(**limits))))


def tag(client, **asked):
    answer = client.post("/api/tag", json=asked)
    assert answer.status_code == 200, answer.text
    TagTold.model_validate(answer.json(), strict=True, extra="forbid")
    return answer.json()


def problem(answer, status):
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == MEDIA_TYPE
    told = answer.json()
    assert set(told) == {"type", "title", "status", "detail"}
    assert told["status"] == status
    assert "\n" not in told["detail"]
    return told["detail"]


def command(project, *options, text=TEXT):
    """What the command line writes for the same text, from a file of the name that the interface gives it."""
    path = project.root / "given" / "text.txt"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode())
    model = ["--model", str(project.model)]
    written = path.with_suffix(".out")
    result = CliRunner().invoke(main, ["tag", str(path), *model, *options, "-o", str(written)], catch_exceptions=False)
    assert result.exit_code == 0
    return written.read_bytes().decode()


def lines(output):
    return [json.loads(line) for line in output.splitlines()]


# what is told without a text


def test_health_says_the_version_and_needs_neither_model_nor_codebook(client, tmp_path):
    assert client.get("/api/health").json() == {"status": "ok", "version": __version__}
    empty = workbench_project(tmp_path, with_model=False)
    bare = TestClient(make_app(Workbench(empty, None, lambda: NOW)))
    empty.codebook.unlink()
    assert bare.get("/api/health").status_code == 200


def test_the_model_is_told_with_its_hash_and_what_it_learnt_from(client):
    told = client.get("/api/model").json()
    ModelTold.model_validate(told, strict=True, extra="forbid")
    assert (told["sha256"], told["terms"]) == (trained().sha256, len(trained().terms))
    assert told["dataset"] == trained().facts["dataset"]


def test_without_a_model_tagging_says_how_to_get_one_and_labelling_has_its_topics(tmp_path, monkeypatch):
    monkeypatch.setattr("pipeline.learning.locate.shipped_project", lambda: None)
    bare = TestClient(make_app(Workbench(workbench_project(tmp_path, with_model=False), None, lambda: NOW)))
    for answer in (bare.get("/api/model"), bare.get("/api/curves"), bare.post("/api/tag", json={"text": TEXT})):
        assert "no model was found; run `make train`" in problem(answer, 503)
    topics = bare.get("/api/topics").json()
    assert [topic["key"] for topic in topics] == list(KEYS)
    assert {topic["threshold"] for topic in topics} == {None}


def test_topics_carry_the_codebook_and_the_models_thresholds(project, client):
    topics = client.get("/api/topics").json()
    codebook = load_codebook(project.codebook)
    for place, (topic, told) in enumerate(zip(codebook.topics, topics, strict=True)):
        TopicTold.model_validate(told, strict=True, extra="forbid")
        assert (told["key"], told["tone"], told["letter"]) == (topic.key, place, topic.hotkey.upper())
        assert (told["counts"], told["counter_examples"]) == (list(topic.counts), list(topic.counter_examples))
        assert told["threshold"] == trained().thresholds[place]


def test_a_topic_that_only_the_model_or_only_the_codebook_knows_is_told_too(tmp_path):
    project = workbench_project(tmp_path)
    text = project.codebook.read_text("utf-8")
    project.codebook.write_text(text.replace('key = "floods"', 'key = "fires"'), encoding="utf-8")
    topics = TestClient(make_app(Workbench(project, None, lambda: NOW))).get("/api/topics").json()
    assert [topic["key"] for topic in topics] == ["drugs", "cyber", "fires", "floods"]
    assert [topic["threshold"] is None for topic in topics] == [False, False, True, False]


def test_a_broken_model_or_codebook_is_told_in_one_sentence(tmp_path):
    project = workbench_project(tmp_path)
    bench = TestClient(make_app(Workbench(project, None, lambda: NOW)))
    (project.model / "terms.txt").write_text("x\n", encoding="utf-8")
    assert "terms.txt" in problem(bench.post("/api/tag", json={"text": TEXT}), 503)
    project.codebook.write_text("version = ", encoding="utf-8")
    assert "codebook.toml" in problem(bench.get("/api/topics"), 422)


def test_after_retraining_the_new_model_tags(tmp_path):
    project = workbench_project(tmp_path)
    bench = TestClient(make_app(Workbench(project, None, lambda: NOW)))
    before = tag(bench, text=TEXT)
    model = trained()
    strict = model.thresholds * 0 + 0.999999
    save_model(replace(model, thresholds=strict, review=strict), project.model, "card\n")
    after = tag(bench, text=TEXT)
    assert before["model"] != after["model"]
    assert before["articles"][0]["topics"]
    assert not after["articles"][0]["topics"]


# tagging


def test_with_why_the_records_are_those_of_the_command_line_number_for_number(project, client):
    told = tag(client, text=TEXT, why=True)["articles"][0]
    assert told.pop("paragraphs") == lines(command(project, "--json", "--why"))
    assert [told] == lines(command(project, "--json", "--level", "article"))


@pytest.mark.parametrize("every", [False, True])
def test_without_why_the_records_are_the_same_but_for_the_evidence(project, client, every):
    wanted = lines(command(project, "--json", *["--all-scores"] * every))
    assert any(topic["evidence"] for paragraph in wanted for topic in paragraph["topics"])
    for paragraph in wanted:
        for topic in paragraph["topics"]:
            del topic["evidence"]
    assert tag(client, text=TEXT, all_scores=every)["articles"][0]["paragraphs"] == wanted


def test_without_why_no_evidence_is_computed(client, monkeypatch):
    monkeypatch.setattr("pipeline.tagging.tagger.explain", lambda *_: pytest.fail("was explained"))
    assert tag(client, text=TEXT, all_scores=True)["articles"][0]["topics"]


def test_articles_keep_their_ids_and_order_and_those_without_are_numbered(client):
    given = [{"text": TEXT, "id": "mine/../ü"}, {"text": TEXT}, {"text": FOREIGN}]
    told = tag(client, articles=given)["articles"]
    assert [article["id"] for article in told] == ["mine/../ü", "article-2", "article-3"]
    assert told[1]["paragraphs"][0]["id"].startswith("article-2:")
    assert tag(client, text=TEXT)["articles"][0]["id"] == "text"


@pytest.mark.parametrize(
    ("text", "reason"),
    [(FOREIGN, "not English"), ("", "fewer than three words"), ("Heroin", "fewer than three words"), (" \n ", "fewer")],
)
def test_what_cannot_be_judged_is_answered_with_its_reason(client, text, reason):
    told = tag(client, text=text)["articles"][0]
    assert told["unsupported"].startswith(reason)
    assert told["topics"] == []


def test_thresholds_of_ones_own_are_those_of_the_command_line(project, client):
    told = tag(client, text=TEXT, why=True, thresholds=dict.fromkeys(KEYS, 0.01))["articles"][0]
    assert told["paragraphs"] == lines(command(project, "--json", "--why", "--threshold", "0.01"))


def test_a_threshold_for_one_topic_leaves_the_others_alone_and_the_model_as_it_was(project, client):
    told = tag(client, text=TEXT, all_scores=True, thresholds={"cyber": 1})
    cuts = {t["topic"]: (t["threshold"], t["review"]) for t in told["articles"][0]["paragraphs"][0]["topics"]}
    own = dict(zip(KEYS, trained().thresholds.tolist(), strict=True))
    assert cuts["cyber"] == (1, 1)
    assert cuts["drugs"][0] == own["drugs"]
    assert "cyber" not in {topic["topic"] for topic in told["articles"][0]["topics"]}
    assert "cyber" in {topic["topic"] for topic in tag(client, text=TEXT)["articles"][0]["topics"]}
    assert client.get("/api/model").json()["sha256"] == trained().sha256


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({}, "give either text, one article, or articles"),
        ({"text": TEXT, "articles": [{"text": TEXT}]}, "give either text, one article, or articles"),
        ({"text": TEXT, "articles": []}, "body.articles: List should have at least 1 item"),
        ({"articles": []}, "body.articles: List should have at least 1 item"),
        ({"articles": [{"id": "a"}]}, "body.articles.0.text: Field required"),
        ({"articles": [{"text": TEXT, "id": ""}]}, "body.articles.0.id: String should have at least 1"),
        ({"articles": [{"text": TEXT, "id": "a" * 201}]}, "body.articles.0.id: String should have at most 200"),
        ({"text": None}, "body.text: Input should be a valid string"),
        ({"text": 3}, "body.text: Input should be a valid string"),
        ({"text": TEXT, "why": "yes"}, "body.why: Input should be a valid boolean"),
        ({"text": TEXT, "treshold": 0.5}, "body.treshold: Extra inputs are not permitted"),
        ({"text": TEXT, "thresholds": {"weather": 0.5}}, "thresholds: unknown key 'weather'; known are: drugs, cyber"),
        (
            {"text": TEXT, "thresholds": {"drugs": 1.01}},
            "body.thresholds.drugs: Input should be less than or equal to 1",
        ),
        ({"text": TEXT, "thresholds": {"drugs": -0.1}}, "body.thresholds.drugs: Input should be greater than or equal"),
        ({"text": TEXT, "thresholds": 0.5}, "body.thresholds: Input should be a valid dictionary"),
        ([], "body: Input should be a valid dictionary"),
        ("text", "body: Input should be a valid dictionary"),
    ],
)
def test_what_is_asked_wrongly_costs_one_sentence(client, asked, said):
    assert said in problem(client.post("/api/tag", json=asked), 422)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"\\ud800": 1, "text": "x"}', 422),
        (b'{"text": "x", "thresholds": {"drugs": NaN}}', 422),
        (b'{"text": "x", "thresholds": {"drugs": Infinity}}', 422),
        (b'{"text": "x", "thresholds": {"\\ud800": 0.5}}', 422),
        (b'{"articles": [{"text": "heroin was found", "id": "\\udfff"}]}', 422),
        (b'{"text": "x"', 422),
        (b"", 422),
        (b"\xff\xfe\x00", 400),
        (b"[" * 100_000, 400),
        (b'{"text": ' + b"9" * 10_000 + b"}", 400),
        (b'{"text": "a", "text": 1}', 422),
    ],
)
def test_bodies_that_break_parsers_are_problems_and_no_faults(client, body, status):
    said = problem(client.post("/api/tag", content=body, headers={"Content-Type": "application/json"}), status)
    assert status != 400 or said.startswith("the body cannot be read: it is no UTF-8, too deeply nested")


def test_each_limit_of_tagging_has_its_sentence_and_what_just_fits_is_tagged(project):
    small = with_limits(project, articles=2, characters=100, explained=150)
    fits = {"text": "Heroin was found in a truck. " * 3}
    assert len(tag(small, articles=[fits, fits])["articles"]) == 2
    said = problem(small.post("/api/tag", json={"articles": [fits] * 3}), 422)
    assert said.startswith("articles: 3 articles were given, at most 2 are tagged in one request")
    said = problem(small.post("/api/tag", json={"articles": [fits, {"text": "a" * 101, "id": "long"}]}), 422)
    assert said == "long: the text has 101 characters, at most 100 are tagged; divide it"
    said = problem(small.post("/api/tag", json={"articles": [fits, fits], "why": True}), 422)
    assert said.startswith("the texts have 174 characters together, evidence is told of at most 150")
    assert tag(small, **fits, why=True)["articles"]
    said = problem(with_limits(project, together=173).post("/api/tag", json={"articles": [fits, fits]}), 422)
    assert said.startswith(
        "the texts have 174 characters together, at most 173 are tagged in one request; send them in"
    )


def test_half_a_character_is_carried_as_the_sign_for_what_cannot_be_shown(client):
    body = b'{"text": "Heroin \\ud800 was found in a truck."}'
    answer = client.post("/api/tag", content=body, headers={"Content-Type": "application/json"})
    assert answer.json()["articles"][0]["paragraphs"][0]["text"] == "Heroin \ufffd was found in a truck."


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_carried_as_they_are(client, text):
    told = tag(client, text=text, why=True)["articles"][0]
    wanted = tag_article(text, trained())
    assert [paragraph["text"] for paragraph in told["paragraphs"]] == [p.paragraph.text for p in wanted.paragraphs]
    assert client.post("/api/tag", json={"text": text}).headers["content-type"] == "application/json"


# files of results


def exported(client, form, **asked):
    answer = client.post("/api/export", json={"format": form, **asked})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"] == f'attachment; filename="tagged.{form}"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    return answer


@pytest.mark.parametrize("text", [TEXT, *HOSTILE])
@pytest.mark.parametrize(
    ("form", "asked", "options"),
    [
        ("jsonl", {}, ["--json"]),
        ("jsonl", {"why": True}, ["--json", "--why"]),
        ("jsonl", {"all_scores": True}, ["--json", "--all-scores"]),
        ("jsonl", {"thresholds": dict.fromkeys(KEYS, 0.2)}, ["--json", "--threshold", "0.2"]),
        ("csv", {}, ["--csv"]),
        ("csv", {"thresholds": dict.fromkeys(KEYS, 0.2)}, ["--csv", "--threshold", "0.2"]),
    ],
)
def test_exported_files_are_the_command_lines_byte_for_byte(project, client, text, form, asked, options):
    if "\0" in text:
        text = text.replace("\0", "")  # no file with it is read
    assert exported(client, form, text=text, **asked).content.decode() == command(project, *options, text=text)


def test_an_exported_table_cannot_run_a_formula(client):
    rows = exported(client, "csv", text=HOSTILE[3]).text
    assert "'=cmd" in rows
    assert "\n=cmd" not in rows


class Elements(HTMLParser):
    """Names of all elements of a page, its attributes, and its text."""

    def __init__(self):
        super().__init__()
        self.names, self.attributes, self.data = set(), [], []

    def handle_starttag(self, tag, attrs):
        """An element begins."""
        self.names.add(tag)
        self.attributes += attrs

    def handle_data(self, data):
        """There is text."""
        self.data.append(data)


@pytest.mark.parametrize("text", HOSTILE)
def test_an_exported_page_shows_hostile_texts_as_text(client, text):
    page = Elements()
    page.feed(exported(client, "html", articles=[{"text": text, "id": text[:150]}, {"text": text}]).text)
    assert not page.names & {"script", "img", "svg", "iframe", "object", "link", "textarea", "form", "a"}
    assert not [name for name, _ in page.attributes if name.startswith("on") or name in {"href", "src", "style"}]
    shown = "".join(page.data)
    for paragraph in tag_article(text, trained()).paragraphs:
        assert paragraph.paragraph.text.replace("\0", "") in shown.replace("\0", "").replace("\ufffd", "")


def test_an_exported_page_tells_topics_evidence_and_the_model_and_loads_nothing(client):
    answer = exported(client, "html", articles=[{"text": TEXT, "id": "osh"}, {"text": FOREIGN}])
    page = answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert '<mark class="t0"' in page
    assert "Drugs" in page
    assert trained().sha256 in page
    assert "Not judged: not English" in page
    assert "not judged: fewer than three words" in page
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page
    assert "http://" not in page
    assert "https://" not in page
    assert "@media print" in page


def test_marks_of_an_exported_page_cover_the_evidence_and_lose_no_text():
    model = trained()
    for paragraph in tag_article(TEXT, model).paragraphs:
        cut = pieces(paragraph, model.codebook)
        assert "".join(piece.text for piece in cut) == paragraph.paragraph.text
        assert bool(paragraph.topics) == any(piece.tone is not None for piece in cut)
        for topic, found in paragraph.evidence.items():
            best = found[0]
            over = "".join(piece.text if piece.tone is not None else "\0" for piece in cut)
            assert best.weight <= 0 or best.text in over, (topic, over)


def test_an_unknown_kind_of_file_is_refused(client):
    assert "body.format" in problem(client.post("/api/export", json={"text": TEXT, "format": "exe"}), 422)
    assert "body.format: Field required" in problem(client.post("/api/export", json={"text": TEXT}), 422)


# files of articles


def read(client, *files, status=200):
    answer = client.post("/api/read", files=[("files", file) for file in files])
    assert answer.status_code == status, answer.text
    if status == 200:
        ReadTold.model_validate(answer.json(), strict=True, extra="forbid")
    return answer.json()


def test_files_of_every_kind_are_read(client):
    story = "Customs officers found 38 kilograms of heroin in a truck bound for Osh, the service said on Monday. " * 3
    page = f"<html><head><title>Truck held</title></head><body><article><p>{story}</p></article></body></html>"
    table = '{"id": "one", "text": "Heroin was found."}\n\n{"text": "The river rose."}\n'
    told = read(
        client,
        ("Überfall in Kabul.TXT", "Raid in Kabul\n\nTwo men were held.".encode("utf-16")),
        ("page.html", page.encode()),
        ("other.htm", page.encode()),
        ("news.jsonl", table.encode()),
        ("news.csv", b'id;text\n7;"Hackers, again"\n'),
    )
    assert not told["problems"]
    found = [(article["name"], article["id"]) for article in told["articles"]]
    assert found == [
        ("Überfall in Kabul.TXT", "uberfall-in-kabul"),
        *(("page.html", "page"), ("other.htm", "other"), ("news.jsonl", "one"), ("news.jsonl", "news-3")),
        ("news.csv", "7"),
    ]
    assert told["articles"][0]["title"] == "Raid in Kabul"
    assert story.strip()[:60] in told["articles"][1]["text"]


def test_what_was_read_is_tagged_as_the_file_would_be(project, client):
    text = read(client, ("text.txt", TEXT.encode()))["articles"][0]["text"]
    assert tag(client, text=text, why=True)["articles"][0]["paragraphs"] == lines(command(project, "--json", "--why"))


NAMES = (
    *("../../etc/passwd.txt", "/etc/passwd.txt", "..\\..\\windows\\win.ini.txt", "C:\\a.txt", "a\0b.txt", "\0.txt"),
    *(
        "\x1b[31m.txt",
        "<script>alert(1)</script>.txt",
        "%2e%2e%2f.txt",
        "a" * 3000 + ".txt",
        "\u202egpj.txt",
        "кабул.txt",
    ),
    *("con.txt", "~root.txt", "$(reboot).txt", "file:///etc/passwd.txt", "a\r\nSet-Cookie: x=y.txt", "\ud83d.txt"),
)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_a_label_and_never_a_path(client, name, monkeypatch):
    body = b'--x\r\nContent-Disposition: form-data; name="files"; filename="%s"\r\n\r\nTwo men were held.\r\n--x--\r\n'
    sent = name.replace("\\", "\\\\").replace("\r\n", "%0D%0A").encode("utf-8", "surrogatepass")
    opened = []
    real = builtins.open
    monkeypatch.setattr(builtins, "open", lambda path, *rest, **more: opened.append(path) or real(path, *rest, **more))
    monkeypatch.setattr(Path, "open", lambda path, *_args, **_options: pytest.fail(f"{path} was opened"))
    answer = client.post("/api/read", content=body % sent, headers={"Content-Type": "multipart/form-data; boundary=x"})
    monkeypatch.undo()
    assert answer.status_code == 200, answer.text
    (article,) = answer.json()["articles"]
    assert set(article["id"]) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert 0 < len(article["id"]) <= LONGEST_ID
    assert len(article["name"]) < 130
    assert label(article["name"], 5000) == article["name"]
    assert not [path for path in opened if "passwd" in str(path) or ".txt" in str(path)]


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("passwd", b"root", "files without an ending cannot be read"),
        ("..", b"root", "cannot be read; known kinds are: .txt"),
        ("a.exe", b"MZ", ".exe cannot be read"),
        ("a.jsonl.gz", gzip.compress(b'{"text": "x"}' * 1000), ".gz cannot be read; known kinds are: .txt, .html"),
        ("a.zip", b"PK\x03\x04", ".zip cannot be read"),
        ("bomb.txt", gzip.compress(b"a" * 10_000_000), "is binary and no text"),
        ("office.txt", b"PK\x03\x04" + b"a" * 100, "is a zip or an office document and no text"),
        ("empty.txt", b"", "empty.txt: is empty"),
        ("page.html", b"<html><body></body></html>", "no article text found in this page"),
        ("a.jsonl", b"[1]\n", "a.jsonl:1: is JSON but not an object"),
        ("a.csv", b"a,b\n1,2\n", "a.csv:1: has no column 'text'"),
    ],
)
def test_what_cannot_be_read_is_told_and_does_not_stop_the_others(client, name, data, said):
    told = read(client, ("one.txt", b"Two men were held."), (name, data), ("two.txt", b"The river rose again."))
    assert [article["id"] for article in told["articles"]] == ["one", "two"]
    (told,) = told["problems"]
    assert said in told["detail"]
    assert "\n" not in told["detail"]


def test_bad_lines_of_a_table_are_told_and_the_good_ones_read(client):
    told = read(client, ("a.jsonl", b'{"text": "One is here."}\nnonsense\n{"id": "x"}\n{"text": "Two are here."}\n'))
    assert [article["id"] for article in told["articles"]] == ["a-1", "a-4"]
    assert [problem["detail"][:10] for problem in told["problems"]] == ["a.jsonl:2:", "a.jsonl:3:"]


def test_a_table_of_nothing_but_bad_lines_says_it_often_enough(client):
    assert len(read(client, ("a.jsonl", b"x\n" * 10_000))["problems"]) <= WebOptions().articles + 1


def test_ids_are_unique_whatever_the_names(client):
    told = read(client, *[("a b.txt", b"Two men were held.")] * 3, ("a-b-2.txt", b"Two men were held."))
    assert [article["id"] for article in told["articles"]] == ["a-b", "a-b-2", "a-b-3", "a-b-2-2"]
    assert slug("a" * 59 + "!b") == "a" * 59


def test_html_without_its_reader_is_told_and_text_still_read(client, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "trafilatura", None)
    told = read(client, ("page.html", b"<p>x"), ("a.txt", b"Two men were held."))
    assert [article["id"] for article in told["articles"]] == ["a"]
    assert told["problems"][0]["detail"].endswith("reading HTML needs trafilatura; pip install 'threat-topics[html]'")


def test_each_limit_of_reading_has_its_sentence(project):
    small = with_limits(project, files=2, file_bytes=200, characters=50, articles=3)
    file = ("a.txt", b"Two men were held.")
    answer = small.post("/api/read", files=[("files", file)] * 3)
    assert problem(answer, 413) == "3 files were sent, at most 2 are read at once; send them in parts"
    told = read(small, ("long.txt", b"a" * 201), ("wide.txt", b"ab " * 20))
    assert told["problems"][0]["detail"].startswith("long.txt: has 201 bytes, at most 200 are read")
    assert told["problems"][1]["detail"] == "wide.txt: wide has 60 characters, at most 50 are tagged; divide it"
    told = read(small, ("many.jsonl", b'{"text": "One is here."}\n' * 4), ("a.txt", b"Two men were held."))
    assert len(told["articles"]) == 3
    assert told["problems"][0]["detail"].startswith("many.jsonl: only the first 3 articles were read")


def test_a_text_that_is_too_long_is_refused_before_it_is_split(project, monkeypatch):
    monkeypatch.setattr("pipeline.web.tag.uploads.articles_from_file", lambda *_, **__: pytest.fail("was split"))
    told = read(with_limits(project, characters=50), ("wide.txt", b"ab " * 20))
    assert told["problems"][0]["detail"] == "wide.txt: wide has 60 characters, at most 50 are tagged; divide it"


def test_a_table_of_nothing_but_bad_lines_is_given_up_as_well(monkeypatch):
    lines = []

    def bad(*_args, on_error, **_options):
        for number in range(10):
            lines.append(number)
            reading.given_up.set()
            on_error(InputError("is no line"))
        yield from ()

    monkeypatch.setattr("pipeline.web.tag.uploads.articles_from_file", bad)
    reading = Reading([Upload("a.jsonl", b"x", 1)] * 2, WebOptions())
    reading()
    assert lines == [0]


def test_reading_that_takes_too_long_is_given_up_and_stops(project, monkeypatch):
    go_on, ended, read_on, scopes = threading.Event(), threading.Event(), [], []

    def slow(*_args, **_options):
        anyio.from_thread.run_sync(scopes[0].cancel)  # the time is up while it reads
        assert go_on.wait(60)
        try:
            for number in range(3):
                read_on.append(number)
                yield article_from_text("Two men were held.", f"a{number}")
        finally:
            ended.set()

    def move_on_after(seconds):
        assert seconds == WebOptions().read_seconds
        scopes.append(anyio.CancelScope())
        return scopes[0]

    monkeypatch.setattr("pipeline.web.tag.uploads.articles_from_file", slow)
    monkeypatch.setattr("anyio.move_on_after", move_on_after)
    answer = TestClient(make_app(Workbench(project, None, lambda: NOW))).post(
        "/api/read", files={"files": ("a.txt", b"x")}
    )
    assert problem(answer, 504).startswith("reading took longer than 30 seconds and was given up")
    go_on.set()
    assert ended.wait(60)
    assert read_on == [0]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"nonsense", "multipart/form-data; boundary=x"),
        (b"nonsense", "multipart/form-data"),
        (b"--x\r\n\r\n--x--\r\n", "multipart/form-data; boundary=x"),
        (
            b'--x\r\nContent-Disposition: form-data; name="files"\r\n\r\na\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
        ),
        (b'{"files": []}', "application/json"),
        (b"--x--\r\n", "multipart/form-data; boundary=x"),
        (b"--x\r\n" * 2000, "multipart/form-data; boundary=x"),
    ],
)
def test_what_is_no_upload_is_a_problem(client, body, kind):
    answer = client.post("/api/read", content=body, headers={"Content-Type": kind})
    assert answer.status_code in {400, 422}
    problem(answer, answer.status_code)


def test_every_supported_kind_of_file_is_among_those_named(client):
    told = read(client, ("a.xyz", b"x"))["problems"][0]["detail"]
    assert all(suffix in told for suffix in SUPPORTED)


# curves


def evidence_of(model, rows, seed=7):
    random = np.random.default_rng(seed)
    S = random.normal(size=(rows, len(model.codebook.keys)))
    return Evidence(S, random.random(S.shape) < 0.3, random.random(S.shape) < 0.8)


def test_curves_are_those_of_deciding_at_each_threshold(tmp_path):
    project, model = workbench_project(tmp_path, with_model=False), trained()
    evidence = evidence_of(model, 300)
    save_model(model, project.model, "card\n", evidence)
    bench = TestClient(make_app(Workbench(project, None, lambda: NOW)))
    told = bench.get("/api/curves").json()
    assert list(told) == list(KEYS)
    P = 1 / (1 + np.exp(-(model.slope * evidence.S + model.offset)))
    for j, key in enumerate(KEYS):
        assert [point["threshold"] for point in told[key]] == [round(i / 100, 2) for i in range(1, 100)]
        known = evidence.known[:, j]
        for point in told[key]:
            CurvePoint.model_validate(point, strict=True, extra="forbid")
            T, Y = P[known, j : j + 1] >= point["threshold"], evidence.Y[known, j : j + 1]
            counts = confusion(T, Y, np.ones_like(Y), np.ones((1, len(Y))))
            assert point["recall"] == pytest.approx(counts.recall.item())
            wanted = pytest.approx(counts.precision.item()) if T.any() else None
            assert point["precision"] == wanted


def test_a_probability_equal_to_a_threshold_reaches_it():
    model = replace(trained(), slope=np.ones(3), offset=np.zeros(3))
    S = np.zeros((1, 3))
    points = curves_module.curves(model, Evidence(S, np.ones((1, 3), bool), np.ones((1, 3), bool)))[KEYS[0]]
    assert [point["recall"] for point in points] == [1.0] * 50 + [0.0] * 49


def test_a_topic_nobody_judged_has_points_without_figures():
    model = trained()
    nothing = np.zeros((4, 3), bool)
    for points in curves_module.curves(model, Evidence(np.zeros((4, 3)), nothing, nothing)).values():
        assert {(point["precision"], point["recall"]) for point in points} == {(None, None)}


def test_a_model_that_keeps_no_evidence_has_no_curves_and_a_new_one_has(tmp_path):
    project, model = workbench_project(tmp_path), trained()
    bench = TestClient(make_app(Workbench(project, None, lambda: NOW)))
    assert bench.get("/api/curves").json() == {}
    save_model(model, project.model, "card\n", evidence_of(model, 50))
    first = bench.get("/api/curves").json()
    save_model(model, project.model, "other card\n", evidence_of(model, 60, seed=8))
    assert bench.get("/api/curves").json() != first != {}
    (project.model / "out_of_fold.safetensors").write_bytes(b"x")
    (project.model / "model.json").touch()
    assert "out_of_fold.safetensors" in problem(bench.get("/api/curves"), 503)


def test_curves_are_computed_once_for_a_model(tmp_path, monkeypatch):
    project, model = workbench_project(tmp_path, with_model=False), trained()
    save_model(model, project.model, "card\n", evidence_of(model, 50))
    calls = []
    monkeypatch.setattr("pipeline.web.tag.routes.curves", lambda *given: calls.append(given) or {})
    bench = TestClient(make_app(Workbench(project, None, lambda: NOW)))
    assert [bench.get("/api/curves").status_code for _ in range(3)] == [200] * 3
    assert len(calls) == 1
