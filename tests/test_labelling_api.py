"""What the label page asks for and says: everything acknowledged is in the files, and nothing tells the model's mind but one."""

import json
from dataclasses import replace
from datetime import timedelta
from threading import Thread

import pytest

pytest.importorskip("fastapi", reason="the workbench needs the extra web")

from starlette.testclient import TestClient

from pipeline.annotation.annotations import (
    GOLD,
    Annotation,
    append_annotations,
    by_annotator,
    label_file,
    read_annotations,
    stand,
)
from pipeline.annotation.check import check_project
from pipeline.annotation.journal import Event, append_event, read_events
from pipeline.files import sha256_text, write_text
from pipeline.learning import locate
from pipeline.tagging.queues import QUEUES
from pipeline.tagging.tagger import tag_article
from pipeline.text.reading import read_article
from pipeline.web.app import make_app
from pipeline.web.label.routes import BLIND, REMARKS
from pipeline.web.options import WebOptions
from pipeline.web.shelf import Shelf
from pipeline.web.state import Workbench
from tests.corpora import KEYS, trained
from tests.workbench import AT, DISPUTED, NOW, UNJUDGED, workbench, workbench_project

TEXT = "Officers seized heroin\n\nCustoms officers at the bridge found heroin in a truck.\n\nThe theatre was closed.\n"
RUSSIAN = "Таможенники нашли героин в грузовике на границе. Водитель был задержан на два месяца."


@pytest.fixture
def project(tmp_path):
    return workbench_project(tmp_path)


@pytest.fixture
def client(project):
    return TestClient(make_app(workbench(project)))


def paragraphs(project, article):
    return read_article(project.articles / f"{article}.txt").content


def place(paragraph):
    at = {"article": paragraph.article_id, "start": paragraph.start, "end": paragraph.end}
    return {**at, "sha": paragraph.sha}


def body(paragraph, annotator="carla", topics=(), **more):
    return {**place(paragraph), "annotator": annotator, "topics": list(topics), **more}


def ok(answer):
    assert answer.status_code == 200, answer.text
    return answer.json()


def refused(answer, status=422):
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.json()["detail"]


def lines(project, annotator):
    return [line for _, line in read_annotations(label_file(project, annotator), KEYS)]


def queue(client, name, **asked):
    return ok(client.get(f"/api/queue/{name}", params=asked))


def first(project, article=UNJUDGED[0]):
    return paragraphs(project, article)[0]


# Saving


def test_a_saved_judgement_is_a_line_on_all_topics_and_an_act_with_what_the_model_said(client, project):
    paragraph = first(project)

    told = ok(
        client.post("/api/label", json=body(paragraph, topics=["cyber"], note=" why ", queue="random", shown="after"))
    )

    assert told == {"kind": "saved", "at": NOW.isoformat(), **{k: v for k, v in place(paragraph).items() if k != "sha"}}
    (line,) = lines(project, "carla")
    assert (line.span, line.sha, line.topics, set(line.known)) == (
        (paragraph.article_id, paragraph.start, paragraph.end),
        paragraph.sha,
        ("cyber",),
        set(KEYS),
    )
    assert (line.annotator, line.at, line.codebook, line.note) == ("carla", NOW.isoformat(), 1, "why")
    (event,) = read_events(project, "carla")
    tagged = tag_article(read_article(project.articles / f"{UNJUDGED[0]}.txt"), trained()).paragraphs[0]
    assert (event.kind, event.queue, event.shown, event.note) == ("saved", "random", "after", "why")
    assert (event.suggested, event.tagged, event.model) == (
        tagged.probabilities,
        tuple(tagged.topics),
        trained().sha256,
    )


def test_a_paragraph_judged_to_have_none_of_the_topics_is_a_line_with_all_of_them_known(client, project):
    ok(client.post("/api/label", json=body(first(project))))

    (line,) = lines(project, "carla")
    assert line.topics == ()
    assert set(line.known) == set(KEYS)


def test_without_a_model_labelling_goes_on_and_logs_no_suggestion(tmp_path, monkeypatch):
    monkeypatch.delenv(locate.ENVIRONMENT, raising=False)
    monkeypatch.setattr(locate, "shipped_project", lambda: None)
    project = workbench_project(tmp_path, with_model=False)
    client = TestClient(make_app(workbench(project)))
    paragraph = first(project)

    ok(client.post("/api/label", json=body(paragraph, topics=["drugs"], shown="after")))

    (event,) = read_events(project, "carla")
    assert (event.suggested, event.tagged, event.model) == ({}, (), "")
    at = {key: place(paragraph)[key] for key in ("article", "start", "end")}
    assert "no model was found" in refused(client.get("/api/suggestion", params=at), 503)
    assert "no model was found" in refused(client.get("/api/queue/uncertain"), 503)
    counts = {one["queue"]: one["count"] for one in ok(client.get("/api/queues"))}
    assert counts["uncertain"] is None
    assert counts["random"] > 0


def test_an_article_whose_file_has_the_longest_name_there_can_be_is_judged(client, project):
    long = "a" * (255 - len(".txt"))
    (project.articles / f"{long}.txt").write_text(TEXT)
    ok(client.post("/api/label", json=body(first(project, long), topics=["drugs"])))
    assert [line.article for line in lines(project, "carla")] == [long]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"annotator": "gold"}, "gold is the settled file; give your own name"),
        ({"annotator": "Gold"}, "gold is the settled file; give your own name"),
        ({"annotator": "../anna"}, "names a file, so must be letters"),
        ({"annotator": ""}, "annotator"),
        ({"annotator": "a" * 61}, "annotator"),
        ({"article": "a99"}, "article 'a99' is unknown; load the page again"),
        ({"article": "../../labels/codebook"}, "is unknown; load the page again"),
        ({"start": 1}, "are no paragraph of the article as it is now"),
        ({"end": 10**9}, "lie outside the text"),
        ({"sha": "0" * 64}, "the text has changed since it was labelled"),
        ({"topics": ["weather"]}, "unknown key 'weather'; known are: drugs, cyber, floods"),
        ({"queue": "mine"}, "unknown key 'mine'"),
        ({"shown": "later"}, "shown"),
        ({"note": "n" * 2001}, "note: has 2,001 characters, at most 2,000 are kept; shorten it"),
        ({"known": ["drugs"]}, "known"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
@pytest.mark.parametrize("address", ["/api/label", "/api/settle"])
def test_what_cannot_be_kept_is_refused_with_its_sentence_and_writes_nothing(client, project, address, wrong, said):
    before = {path: path.read_bytes() for path in project.labels.rglob("*") if path.is_file()}

    assert said in refused(client.post(address, json={**body(first(project), topics=["drugs"]), **wrong}))

    assert {path: path.read_bytes() for path in project.labels.rglob("*.jsonl")} == {
        path: data for path, data in before.items() if path.suffix == ".jsonl"
    }


def test_half_a_character_in_a_note_is_refused(client, project):
    asked = json.dumps(body(first(project), topics=["drugs"])).replace('"topics"', '"note": "\\ud800", "topics"')

    said = refused(client.post("/api/label", content=asked, headers={"Content-Type": "application/json"}))

    assert said.startswith("note: holds half a character")
    assert not label_file(project, "carla").exists()


def test_a_text_that_changed_on_disk_is_not_judged_by_its_old_hash(client, project):
    paragraph = first(project)
    ok(client.post("/api/label", json=body(paragraph, topics=["drugs"])))
    path = project.articles / f"{UNJUDGED[0]}.txt"
    write_text(path, path.read_text("utf-8").replace("Ransom", "Random"))

    assert "the text has changed" in refused(client.post("/api/label", json=body(paragraph, topics=["cyber"])))


def test_two_people_and_two_windows_at_once_lose_nothing(client, project):
    places = [p for article in (*UNJUDGED, DISPUTED) for p in paragraphs(project, article)]
    answers = []

    def label(annotator, topic):
        for paragraph in places:
            answer = client.post("/api/label", json=body(paragraph, annotator, [topic]))
            answers.append(answer.status_code)

    threads = [Thread(target=label, args=pair) for pair in (("carla", "drugs"), ("carla", "cyber"), ("dina", "floods"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [200] * 3 * len(places)
    assert {line.span for line in lines(project, "dina")} == {line.span for line in lines(project, "carla")}
    said = [event for event in read_events(project, "carla") if event.kind == "saved"]
    assert len(said) == 2 * len(places)
    standing = stand(("", line) for line in lines(project, "carla"))
    newest = {event.span: event.topics for event in said}
    assert {span: tuple(k for k in KEYS if cells[k].value) for span, cells in standing.items()} == newest
    assert not check_project(project)[0]


# Settling, skipping, undoing


def test_settling_writes_gold_and_the_log_of_who_settled(client, project):
    paragraph = first(project, DISPUTED)

    told = ok(client.post("/api/settle", json=body(paragraph, topics=["drugs"], queue="disagreements")))

    assert told["kind"] == "settled"
    settled = stand(("", line) for line in lines(project, GOLD))[(paragraph.article_id, paragraph.start, paragraph.end)]
    assert {key: judgement.value for key, judgement in settled.items()} == {k: k == "drugs" for k in KEYS}
    (event,) = read_events(project, "carla")
    assert (event.kind, event.annotator, event.queue) == ("settled", "carla", "disagreements")
    assert not label_file(project, "carla").exists()
    left = queue(client, "disagreements")["tasks"]
    assert [(task["start"], task["end"]) for task in left] == [
        (p.start, p.end) for p in paragraphs(project, DISPUTED)[1:]
    ]


def test_undo_takes_back_one_act_after_the_other_and_says_which(client, project):
    one, two, *_ = paragraphs(project, UNJUDGED[0])
    ok(client.post("/api/label", json=body(one, topics=["drugs"], queue="random")))
    ok(client.post("/api/label", json=body(one, topics=["cyber"], queue="article")))
    ok(client.post("/api/settle", json=body(two, topics=["floods"], queue="doubtful")))

    undone = [ok(client.post("/api/undo", json={"annotator": "carla"})) for _ in range(3)]

    assert [(each["kind"], each["topics"], each["queue"]) for each in undone] == [
        ("settled", ["floods"], "doubtful"),
        ("saved", ["cyber"], "article"),
        ("saved", ["drugs"], "random"),
    ]
    assert [{key: each[key] for key in place(one)} for each in undone] == [place(two), place(one), place(one)]
    assert stand(("", line) for line in lines(project, "carla")) == {}
    assert "nothing is left to undo" in refused(client.post("/api/undo", json={"annotator": "carla"}), 409)


def test_undo_after_a_restart_lets_what_stood_before_stand_again(client, project):
    paragraph = first(project)
    ok(client.post("/api/label", json=body(paragraph, topics=["drugs"], note="first")))
    ok(client.post("/api/label", json=body(paragraph, topics=["cyber"])))

    again = TestClient(make_app(workbench(project)))
    ok(again.post("/api/undo", json={"annotator": "carla"}))

    asked = {key: place(paragraph)[key] for key in ("article", "start", "end")}
    mine = ok(again.get("/api/judgement", params={**asked, "annotator": "carla"}))["mine"]
    assert mine == {"topics": ["drugs"], "known": list(KEYS), "note": "first"}


def test_what_was_skipped_does_not_come_back_but_in_its_article(client, project):
    paragraph = first(project)

    assert (
        ok(client.post("/api/skip", json={**place(paragraph), "annotator": "carla", "queue": "random"}))["kind"]
        == "skipped"
    )

    (event,) = read_events(project, "carla")
    assert (event.kind, event.topics, event.queue) == ("skipped", None, "random")
    spans = [(t["article"], t["start"]) for t in queue(client, "random", annotator="carla", limit=200)["tasks"]]
    assert (paragraph.article_id, paragraph.start) not in spans
    own = queue(client, "article", annotator="carla", article=paragraph.article_id)["tasks"][0]
    assert (own["start"], own["why"]) == (paragraph.start, "not judged by you; passed over by you")
    assert "sha" in refused(client.post("/api/skip", json={**place(paragraph), "annotator": "carla", "sha": 1}))


def test_a_report_is_an_act_that_puts_the_paragraph_first_in_line(client, project):
    paragraph = first(project, "a01")
    client_now = TestClient(make_app(Workbench(project, None, lambda: NOW + timedelta(days=1))))

    told = ok(
        client_now.post(
            "/api/report", json={**place(paragraph), "annotator": "carla", "topics": ["drugs"], "note": "no"}
        )
    )

    assert told["kind"] == "reported"
    (event,) = read_events(project, "carla")
    assert (event.kind, event.topics, event.note, event.shown) == ("reported", ("drugs",), "no", "before")
    assert "drugs" in event.tagged
    (task,) = queue(client, "reported", annotator="carla")["tasks"]
    assert (task["article"], task["topics"], task["why"]) == (
        "a01",
        ["drugs"],
        "called wrong on the tag page: drugs (no)",
    )
    assert "unknown key" in refused(
        client.post("/api/report", json={**place(paragraph), "annotator": "carla", "topics": ["x"]})
    )


# Queues


def test_the_queues_are_told_with_their_sentences_and_counts(client):
    told = ok(client.get("/api/queues", params={"annotator": "anna"}))

    assert [(one["queue"], one["about"]) for one in told] == list(QUEUES.items())
    assert {one["queue"] for one in told if one["settling"]} == {"doubtful", "disagreements"}
    counts = {one["queue"]: one["count"] for one in told}
    assert counts == {
        "reported": 0,
        "uncertain": 4,  # two of each article that nobody judged
        "random": 7,
        "doubtful": None,
        "disagreements": 2,
        "search": None,
        "article": None,
    }


def test_the_uncertain_queue_is_blind_unless_it_is_asked_to_reveal(client):
    blind = queue(client, "uncertain")["tasks"]
    seen = queue(client, "uncertain", reveal="true")["tasks"]

    assert {(task["why"], tuple(task["topics"])) for task in blind} == {(BLIND, ())}
    assert [(t["article"], t["start"]) for t in blind] == [(t["article"], t["start"]) for t in seen]
    assert all("threshold" in task["why"] and task["topics"] for task in seen)


def test_a_search_by_topic_does_not_tell_what_the_model_tagged_unless_it_is_asked_to(client, project):
    blind = queue(client, "search", topic="cyber", annotator="carla")["tasks"]
    seen = queue(client, "search", topic="cyber", annotator="carla", reveal="true")["tasks"]

    tagged = [(b["why"], s["why"]) for b, s in zip(blind, seen, strict=True) if s["why"].startswith("tagged: ")]
    assert tagged
    assert {why for why, _ in tagged} == {"not judged by you"}


def test_tasks_say_whether_the_one_who_asks_judged_them_and_come_in_pages(client, project):
    ok(client.post("/api/label", json=body(paragraphs(project, "a16")[1])))

    told = queue(client, "article", annotator="carla", article="a16")
    paged = [queue(client, "article", annotator="carla", article="a16", limit=3, offset=offset) for offset in (0, 3)]

    assert [task["judged"] for task in told["tasks"]] == [False, True, False, False]
    assert told["left"] == 4
    assert [task["start"] for page in paged for task in page["tasks"]] == [task["start"] for task in told["tasks"]]


@pytest.mark.parametrize(
    ("name", "asked", "status", "said"),
    [
        ("weird", {}, 422, "queue 'weird' is unknown"),
        ("article", {}, 422, "needs an article"),
        ("article", {"article": "../x"}, 422, "article '../x' is unknown"),
        ("search", {"since": "yesterday"}, 422, "since 'yesterday' is no date"),
        ("random", {"annotator": "a/b"}, 422, "names a file"),
        ("random", {"limit": 201}, 422, "limit"),
        ("doubtful", {}, 503, "holds no run"),
    ],
)
def test_a_queue_that_cannot_be_given_says_why(client, name, asked, status, said):
    assert said in refused(client.get(f"/api/queue/{name}", params=asked), status)


def test_an_empty_queue_says_what_to_do_instead(client, project):
    for article in UNJUDGED:
        for paragraph in paragraphs(project, article):
            ok(client.post("/api/label", json=body(paragraph)))

    told = queue(client, "uncertain", annotator="carla")

    assert told == {"tasks": [], "left": 0, "remark": REMARKS["uncertain"]}
    assert "random sample" in told["remark"]
    assert set(REMARKS) == set(QUEUES)


def test_what_others_write_into_the_project_is_seen_at_once(client, project):
    assert len(queue(client, "disagreements")["tasks"]) == 2
    paragraph = first(project)
    at = paragraph.article_id, paragraph.start, paragraph.end, paragraph.sha
    for annotator, topics in (("anna", ("drugs",)), ("boris", ())):
        append_annotations(label_file(project, annotator), [Annotation(*at, topics, KEYS, annotator, AT, 1)])
    append_event(project, Event("reported", "dina", NOW.isoformat(), *at, ("drugs",)))
    write_text(project.articles / "b01.txt", TEXT)

    assert len(queue(client, "disagreements")["tasks"]) == 3
    assert len(queue(client, "reported")["tasks"]) == 1
    assert len(queue(client, "article", article="b01")["tasks"]) == 3


# One paragraph


def test_a_suggestion_is_the_taggers_own_record_with_every_topic(client, project):
    paragraph = first(project)
    article = read_article(project.articles / f"{UNJUDGED[0]}.txt")
    asked = {key: place(paragraph)[key] for key in ("article", "start", "end")}

    told = ok(client.get("/api/suggestion", params=asked))

    assert told == json.loads(json.dumps(tag_article(article, trained()).paragraphs[0].to_dict(every_topic=True)))
    assert "no paragraph 1-2 to judge" in refused(
        client.get("/api/suggestion", params={**asked, "start": 1, "end": 2}), 404
    )
    refused(client.get("/api/suggestion", params={**asked, "article": "a99"}), 404)


@pytest.mark.parametrize("path", ["/api/today", "/api/queues", "/api/queue/random", "/api/judgement"])
def test_a_name_no_file_can_have_is_refused_wherever_it_is_given(client, project, path):
    asked = {key: place(first(project))[key] for key in ("article", "start", "end")}
    said = refused(client.get(path, params={**asked, "annotator": "\U00010400" * 61}), 422)
    assert said.startswith("query.annotator: String should have at most 60 characters")


def test_voices_are_told_only_where_a_paragraph_is_to_be_settled(client, project):
    paragraph = first(project, DISPUTED)
    asked = {key: place(paragraph)[key] for key in ("article", "start", "end")}

    blind = ok(client.get("/api/judgement", params={**asked, "annotator": "anna"}))
    settling = ok(client.get("/api/judgement", params={**asked, "annotator": "carla", "settling": "true"}))

    assert blind == {"mine": {"topics": ["drugs"], "known": list(KEYS), "note": ""}, "voices": []}
    assert settling["mine"] is None
    assert [(voice["annotator"], voice["topics"]) for voice in settling["voices"]] == [
        ("anna", ["drugs"]),
        ("boris", ["cyber"]),
    ]
    refused(client.get("/api/judgement", params={**asked, "start": 3}), 404)


def test_what_stands_about_older_words_is_not_told(client, project):
    paragraph = first(project)
    at = paragraph.article_id, paragraph.start, paragraph.end
    append_annotations(label_file(project, "anna"), [Annotation(*at, "0" * 64, ("drugs",), KEYS, "anna", AT, 1)])

    told = ok(
        client.get(
            "/api/judgement",
            params={"article": at[0], "start": at[1], "end": at[2], "annotator": "anna", "settling": "true"},
        )
    )

    assert told == {"mine": None, "voices": []}


def test_today_counts_paragraphs_once_and_leaves_out_what_was_taken_back_and_yesterday(client, project):
    one, two, three = paragraphs(project, UNJUDGED[0])
    yesterday = (NOW - timedelta(days=1)).isoformat()
    at = three.article_id, three.start, three.end, three.sha
    append_event(project, Event("saved", "carla", yesterday, *at, ("drugs",)))
    for paragraph, topics in ((one, ["drugs"]), (one, ["cyber"]), (two, [])):
        ok(client.post("/api/label", json=body(paragraph, topics=topics)))

    assert ok(client.get("/api/today", params={"annotator": "carla"})) == {"saved": 2, "undoable": 4}
    ok(client.post("/api/undo", json={"annotator": "carla"}))
    assert ok(client.get("/api/today", params={"annotator": "carla"})) == {"saved": 1, "undoable": 3}
    assert ok(client.get("/api/today", params={"annotator": "dina"})) == {"saved": 0, "undoable": 0}
    refused(client.get("/api/today", params={"annotator": "gold"}))


# Articles


def test_a_new_article_is_kept_under_its_headline_and_hash_once(client, project):
    told = ok(client.post("/api/articles", json={"text": TEXT}))

    assert told == {"id": f"officers-seized-heroin-{sha256_text(TEXT)[:8]}", "added": True, "paragraphs": 3}
    assert (project.articles / f"{told['id']}.txt").read_text("utf-8") == TEXT
    assert ok(client.post("/api/articles", json={"text": TEXT.replace("\n", "\r\n")})) == {**told, "added": False}
    shown = ok(client.get(f"/api/articles/{told['id']}"))
    assert (shown["id"], shown["title"]) == (told["id"], "Officers seized heroin")
    assert [(p["kind"], p["is_furniture"]) for p in shown["paragraphs"]] == [
        ("headline", False),
        ("text", False),
        ("text", False),
    ]
    assert [TEXT[p["start"] : p["end"]] for p in shown["paragraphs"]] == [p["text"] for p in shown["paragraphs"]]
    task = queue(client, "article", annotator="carla", article=told["id"])["tasks"][1]
    ok(
        client.post(
            "/api/label",
            json={**{k: task[k] for k in place(first(project))}, "annotator": "carla", "topics": ["drugs"]},
        )
    )


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("../../etc/passwd", "etc-passwd"),
        ("Überfall in Kabul!", "uberfall-in-kabul"),
        ("word " * 40, "word-word-word-word-word-word-word-word-word-wor"),
        ("Кабул", "article"),
        (" ", "officers-seized-heroin"),
    ],
)
def test_no_title_a_client_sends_becomes_a_path(client, project, title, words):
    told = ok(client.post("/api/articles", json={"text": TEXT, "title": title}))

    assert told["id"] == f"{words}-{sha256_text(TEXT)[:8]}"
    assert (project.articles / f"{told['id']}.txt").is_file()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (RUSSIAN, "cannot be judged (not English)"),
        ("Heroin seized", "cannot be judged (fewer than three words)"),
        ("", "text"),
        ("   \n ", "text"),
        ("Follow us on Facebook\n", "text: holds nothing but furniture"),
        ("Yes\n\nNo sir\n\nMaybe so\n", "no paragraph has three words"),
        ("a b c \0 d e f", "text"),
        ("\x01" * 50 + " and some words", "text: is binary and no text"),
        ("a" * 1_000_001, "text: has 1,000,001 characters, at most 1,000,000 are kept as one article; divide it"),
    ],
    ids=["russian", "short", "empty", "blank", "furniture", "short paragraphs", "zero byte", "binary", "long"],
)
def test_a_text_that_cannot_be_judged_is_refused_with_the_reason_and_not_kept(client, project, text, said):
    before = sorted(project.articles.iterdir())

    assert said in refused(client.post("/api/articles", json={"text": text}))

    assert sorted(project.articles.iterdir()) == before


def test_the_limit_of_an_article_is_that_of_the_options(project):
    small = replace(workbench(project), options=WebOptions(characters=20, note_characters=3))
    client = TestClient(make_app(small))

    assert "at most 20" in refused(client.post("/api/articles", json={"text": TEXT}))
    assert "at most 3" in refused(client.post("/api/label", json=body(first(project), note="four")))


def test_an_article_shows_the_furniture_around_and_inside_its_paragraphs(client, project):
    write_text(project.articles / "b02.txt", "Two held\nBISHKEK (24.kg) - Officers held two men.\nRead more\n")

    told = ok(client.get("/api/articles/b02"))["paragraphs"]

    assert [(p["lead"], p["text"], p["tail"], p["is_furniture"]) for p in told] == [
        ("", "Two held", "", False),
        ("BISHKEK (24.kg) -", "Officers held two men.", "", False),
        ("", "Read more", "", True),
    ]


@pytest.mark.parametrize("name", ["a99", "..%2Fcodebook", "..%2F..%2Flabels%2Fcodebook.toml", "a01.txt"])
def test_an_article_that_is_not_among_the_files_is_not_found(client, name):
    assert client.get(f"/api/articles/{name}").status_code == 404


def test_the_shelf_reads_an_article_again_when_its_file_changes_and_sees_new_ones(project):
    shelf = Shelf(project)
    kept = shelf["a01"]

    assert shelf["a01"] is kept
    assert "b01" not in shelf
    write_text(project.articles / "b01.txt", TEXT)
    write_text(project.articles / "a01.txt", TEXT)
    assert "b01" in shelf
    assert shelf["b01"].text == shelf["a01"].text == TEXT
    assert len(shelf) == len(list(shelf)) == 17
    with pytest.raises(KeyError):
        shelf["b02"]


def test_every_line_the_page_wrote_passes_the_lint(client, project):
    for article in UNJUDGED:
        for paragraph in paragraphs(project, article):
            ok(client.post("/api/label", json=body(paragraph, topics=["cyber"])))
            ok(client.post("/api/label", json=body(paragraph, topics=["drugs", "cyber"])))
            ok(client.post("/api/undo", json={"annotator": "carla"}))
    for paragraph in paragraphs(project, DISPUTED):
        ok(client.post("/api/settle", json=body(paragraph, topics=["drugs"])))
        ok(client.post("/api/settle", json=body(paragraph, topics=[])))

    assert not check_project(project)[0]
    assert set(by_annotator(("", line) for line in lines(project, GOLD))) == {GOLD}
