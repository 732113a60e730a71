"""The review page: every figure is that of the records behind it, and nothing missing or broken takes the page."""

import re
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

pytest.importorskip("fastapi", reason="the workbench needs the extra web")

from starlette.testclient import TestClient

from pipeline.annotation.agreement import agreement_of
from pipeline.annotation.annotations import Annotation, append_annotations, label_file, read_annotations
from pipeline.annotation.journal import REPORTED, SAVED, Event, append_event
from pipeline.cli import main
from pipeline.files import read_utf8, write_text
from pipeline.project import Project
from pipeline.reporting.acceptance import acceptance, week_of
from pipeline.reporting.experiment import run_experiment
from pipeline.reporting.history import history, mistakes, topic_rows
from pipeline.reporting.sections import interval
from pipeline.text.reading import read_article
from pipeline.web.app import make_app
from pipeline.web.review.routes import PICTURE_POLICY, REPORT_POLICY
from pipeline.web.review.sources import ALIKE, BETTER, TOO_FEW, WORSE, sides
from tests.corpora import KEYS, QUICK, quiet
from tests.workbench import AT, DISPUTED, NOW, workbench, workbench_project


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A project with one run, which no test changes."""
    return with_run(workbench_project(tmp_path_factory.mktemp("review")))


@pytest.fixture
def project(tmp_path):
    """One to change, without a run."""
    return workbench_project(tmp_path)


def with_run(project):
    run_experiment(project, QUICK, date="2026-01-03", version="1.2.3", progress=quiet, jobs=1, keep=True)
    return project


def client_of(project):
    return TestClient(make_app(workbench(project)))


class _Tables(HTMLParser):
    """Tables by the name of the box they scroll in: rows of cells as text; and all text of it that is not for the eye alone."""

    def __init__(self):
        super().__init__()
        self.tables, self.text, self.cell, self.is_shown = {}, "", None, True

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.is_shown = "aria-hidden" not in values
        if values.get("role") == "region":
            self.rows = self.tables[values["aria-label"]] = []
        elif tag == "tr":
            self.rows.append([])
        elif tag in {"td", "th"}:
            self.cell = ""

    def handle_endtag(self, tag):
        self.is_shown = True
        if tag in {"td", "th"}:
            self.rows[-1].append(" ".join(self.cell.split()))
            self.cell = None

    def handle_data(self, data):
        data = data if self.is_shown else " "
        self.text += data
        if self.cell is not None:
            self.cell += data


def read(project):
    answer = client_of(project).get("/review")
    assert answer.status_code == 200
    page = _Tables()
    page.feed(answer.text)
    page.text = " ".join(page.text.split())
    page.html = answer.text
    return page


def test_the_last_evaluation_is_told_as_its_run_has_it(kept):
    page, run = read(kept), history(kept.runs)[0]
    rows = page.tables["Figures by topic"][1:]
    own = {row.topic: row for row in topic_rows(kept.runs / run.run)}
    assert [row[0].split()[-1].lower() for row in rows] == [*KEYS, "micro", "macro"]
    for row, topic in zip(rows, (*KEYS, "micro", "macro"), strict=True):
        names = ("precision", "recall", "f1", "average_precision")
        assert row[1:] == [interval(own[topic].figures[name]) for name in names] + [str(own[topic].support)]
    assert f"recipe quick {run.paragraphs} paragraphs of {run.articles} articles 1 × 3 folds by article" in page.text
    assert f'href="/report/{run.run}"' in page.html


def test_mistakes_are_counted_by_topic_and_quoted_with_a_link_to_their_place(kept):
    page, wrong = read(kept), mistakes(kept.runs / history(kept.runs)[0].run, 1000)
    assert wrong
    for key in KEYS:
        own = [one for one in wrong if one.topic == key]
        misses = sum(one.label for one in own)
        plural = [f"{n} {word if n == 1 else words}" for n, word, words in _counted(len(own) - misses, misses)]
        assert f"{key.title()} {', '.join(plural)}" in page.text
    worst = wrong[0]
    text = read_article(kept.articles / f"{worst.article}.txt").text[worst.start : worst.end]
    assert text in page.text
    place = f"article={worst.article}&amp;paragraph={worst.start}-{worst.end}"
    assert f'href="/label?queue=article&amp;{place}"' in page.html


def _counted(alarms, misses):
    return (alarms, "false alarm", "false alarms"), (misses, "miss", "misses")


def test_a_mistake_whose_text_or_label_is_another_now_is_left_out(project):
    wrong = mistakes(with_run(project).runs / history(project.runs)[0].run, 1000)
    places = Counter((one.article, one.start, one.end) for one in wrong)
    article, start, end = _span(wrong[0])
    other = next(one for one in wrong[1:] if one.article != article and places[_span(one)] == 1)
    path = project.articles / f"{article}.txt"
    text = read_utf8(path)
    write_text(path, text[:start] + text[start:end].upper() + text[end:])
    gold = label_file(project, "gold")
    lines = [line for _, line in read_annotations(gold) if line.span == _span(other)]
    append_annotations(gold, [replace(line, topics=_turned(line, other.topic)) for line in lines])
    page = read(project)
    evaluation = page.html.split("Runs</h2>")[0]
    for place in (_span(wrong[0]), _span(other)):
        assert "article={}&amp;paragraph={}-{}".format(*place) not in evaluation
    left_out = places[_span(wrong[0])] + 1
    assert f"{left_out} mistakes are left out, because text or label changed since." in page.text


def _span(mistake):
    return mistake.article, mistake.start, mistake.end


def _turned(line, topic):
    return tuple(key for key in line.known if (key in line.topics) != (key == topic))


def test_every_run_stands_in_the_leaderboard_with_its_change(project):
    with_run(project)
    run_experiment(
        project,
        QUICK.changed("estimator", C=0.1),
        date="2026-01-04",
        version="1.2.3",
        progress=quiet,
        jobs=1,
        keep=False,
    )
    runs = history(project.runs)
    rows = read(project).tables["Runs, the newest first"][1:]
    assert [row[1] for row in rows] == [interval(run.f1) for run in runs]
    assert [row[3] for row in rows] == ["–", "–"]
    assert client_of(project).get("/api/leaderboard").json() == [run.to_dict() for run in runs]


def test_plots_are_pictures_of_their_own_that_follow_light_and_dark(kept):
    client, run = client_of(kept), history(kept.runs)[0].run
    for number in range(len(KEYS)):
        answer = client.get(f"/review/plots/{run}/{number}.svg")
        assert answer.headers["content-type"] == "image/svg+xml"
        assert answer.headers["content-security-policy"] == PICTURE_POLICY
        assert ET.fromstring(answer.text).tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314  our own
        assert "prefers-color-scheme: dark" in answer.text
    assert client.get(f"/review/plots/{run}/{len(KEYS)}.svg").status_code == 404
    assert client.get("/review/plots/elsewhere/0.svg").status_code == 404
    assert read(kept).html.count('alt="Precision-recall curve, ') == len(KEYS)


def test_a_report_is_served_with_a_policy_that_lets_nothing_in(kept):
    run = history(kept.runs)[0].run
    answer = client_of(kept).get(f"/report/{run}")
    assert answer.headers["content-security-policy"] == REPORT_POLICY
    assert REPORT_POLICY.startswith("default-src 'none'; ")
    assert re.search(r'href="[^"]*/data/articles/a', read_utf8(kept.runs / run / "report.html"))
    assert 'href="/label?queue=article&amp;article=a' in answer.text
    assert "data/articles/" not in "".join(re.findall(r'href="[^"]*"', answer.text))


@pytest.mark.parametrize(
    "name", ["../../labels", "..%2f..%2fexperiments", "%2e%2e", "C:\\x", "current", "/etc", "run\x00", "%00"]
)
def test_a_name_that_is_no_run_is_never_made_a_path(kept, name):
    for address in (f"/report/{quote(name, safe='%')}", f"/review/plots/{quote(name, safe='%')}/0.svg"):
        assert client_of(kept).get(address).status_code == 404


def test_a_run_without_a_page_says_how_to_get_one(project):
    run = history(with_run(project).runs)[0].run
    (project.runs / run / "report.html").unlink()
    answer = client_of(project).get(f"/report/{run}")
    assert answer.status_code == 404
    assert "holds no report.html" in answer.json()["detail"]
    assert f'href="/report/{run}"' not in read(project).html


def test_agreement_is_told_by_pair_with_its_counts_and_what_alpha_means(kept):
    page = read(kept)
    rows = page.tables["Agreement of anna and boris"][1:]
    for row, one in zip(rows, agreement_of(kept), strict=True):
        counts = [str(n) for n in (one.both, one.only_first, one.only_second, one.neither)]
        assert row[1] == interval(one.alpha)
        assert row[4:] == [interval(one.kappa), *counts]
    assert "an alpha of 0.8 or more means that labels are reliable, down to 0.667 they allow tentative" in page.text
    told = client_of(kept).get("/api/agreement").json()
    assert told["annotators"] == ["anna", "boris"]
    assert [pair["both"] for pair in told["pairs"]] == [one.both for one in agreement_of(kept)]


def test_a_third_annotator_brings_a_table_over_all(project):
    lines = [line for _, line in read_annotations(label_file(project, "anna"))]
    append_annotations(label_file(project, "clara"), [replace(line, annotator="clara") for line in lines])
    page = read(project)
    together = page.tables["Krippendorff's alpha over all annotators"]
    assert together[0][0] == "All 3 together"
    told = client_of(project).get("/api/agreement").json()
    assert [row[1] for row in together[1:]] == [f"{one['alpha']:.3f}" for one in told["together"]]
    assert len(told["pairs"]) == 3 * len(KEYS)


def test_what_is_to_be_settled_is_listed_with_its_voices_and_a_link(kept):
    page = read(kept)
    told = client_of(kept).get("/api/agreement").json()["to_settle"]
    assert {one["article"] for one in told} == {DISPUTED}
    one = told[0]
    place = f"article={one['article']}&amp;paragraph={one['start']}-{one['end']}"
    assert f'href="/label?queue=disagreements&amp;{place}"' in page.html
    assert "Two dealers were caught with opium in the UK." in page.text
    assert "anna: Drugs" in page.text


def test_one_annotator_is_told_how_agreement_comes_for_free(project):
    label_file(project, "boris").unlink()
    page = read(project)
    assert "Agreement takes two annotators who judged the same paragraphs; so far anna is alone." in page.text
    assert 'href="/label?queue=random"' in page.html


def test_progress_counts_people_and_topics(kept):
    page, told = read(kept), client_of(kept).get("/api/progress").json()
    people = page.tables["Who judged how much"][1:]
    assert [row[0].split()[0] for row in people] == ["anna", "boris", "gold"]
    assert [int(row[1]) for row in people] == [one["paragraphs"] for one in told["people"]]
    topics = page.tables["What is judged of each topic"][1:]
    assert [(int(row[1]), int(row[2])) for row in topics] == [(t["positives"], t["negatives"]) for t in told["topics"]]
    assert f"{told['left']} of {told['paragraphs']} paragraphs nobody has judged" in page.text


def test_the_gain_is_told_as_the_verb_wrote_it(project):
    path = project.runs / "gain.json"
    made = CliRunner().invoke(main, ["gain", "--project", str(project.root), "-n", "3", "-j", "1", "-o", str(path)])
    assert made.exit_code == 0, made.output
    page = read(project)
    rows = page.tables["Figures without and with the newest labels"][1:]
    assert [row[0].split()[-1].lower() for row in rows] == [*KEYS, "micro", "macro"]
    assert "Macro F1 goes from" in page.text
    assert "labels changed since" not in page.text
    write_text(path, '{"n": 3}')
    broken = read(project)
    assert "gain.json: is not what `threat-topics gain` writes; compute it anew" in broken.text
    assert "Progress of labelling" in broken.text


def saved(article, topics, tagged, *, weeks=0, shown="", kind=SAVED):
    at = (NOW - timedelta(weeks=weeks)).isoformat()
    suggested = {} if kind == REPORTED else dict.fromkeys(KEYS, 0.5)
    return Event(kind, "anna", at, article, 0, 10 + weeks, "ab", topics, shown, suggested, tagged)


def test_tags_are_counted_by_week_and_source_apart_from_those_in_view(project):
    path = project.articles / "a01.txt"
    write_text(path, "TASHKENT, March 2 (Tanin) - Customs found heroin in a truck.\n")
    label_file(project, "gold").unlink()
    for name in ("anna", "boris"):
        label_file(project, name).unlink()
    assert read_article(path).agency == "Tanin"
    events = [
        saved("a01", ("drugs",), ("drugs", "cyber")),
        saved("a02", ("drugs",), ("drugs",), weeks=1),
        saved("a02", ("floods",), (), shown="before"),
        saved("a01", ("drugs",), ("drugs",), kind=REPORTED, weeks=2),
    ]
    for event in sorted(events, key=lambda each: each.at):
        append_event(project, event)
    page = read(project)
    hidden = page.tables["Tags hidden, by week"][1:]
    assert [row[:4] for row in hidden] == [["2 March 2026", "1", "1", "0"], ["23 February 2026", "1", "0", "0"]]
    assert [(row[0], row[6]) for row in page.tables["Tags hidden, by source"][1:]] == [("Tanin", "2"), ("unknown", "1")]
    assert page.text.count("On no source are fewer tags right than before") == 2
    assert [row[:4] for row in page.tables["Tags in view, by week"][1:]] == [
        ["2 March 2026", "0", "0", "1"],
        ["16 February 2026", "0", "1", "0"],
    ]
    told = client_of(project).get("/api/acceptance").json()
    assert {line["source"] for line in told["sources"]} == {"Tanin", ""}


def test_a_source_is_called_worse_only_where_intervals_lie_apart():
    def course(source, earlier, newest):
        """Tags right and wrong, before the last four weeks and in them."""
        told = []
        for weeks, (right, wrong) in ((8, earlier), (1, newest)):
            told += [saved(f"{source}{i}{weeks}", ("drugs",), ("drugs",), weeks=weeks) for i in range(right)]
            told += [saved(f"{source}-{i}{weeks}", (), ("drugs",), weeks=weeks) for i in range(wrong)]
        return told

    plan = {
        "falling": ((30, 2), (3, 20)),
        "rising": ((3, 20), (30, 2)),
        "steady": ((8, 2), (7, 3)),
        "unlucky": ((0, 0), (0, 2)),
    }
    events = [event for source, (earlier, newest) in plan.items() for event in course(source, earlier, newest)]
    sources = {event.article: re.match("[a-z]+", event.article)[0] for event in events}
    found = sides(acceptance(events, sources, KEYS), NOW)["after"]
    verdicts = {row.source: row.verdict for row in found.sources}
    assert verdicts == {"falling": WORSE, "rising": BETTER, "steady": ALIKE, "unlucky": TOO_FEW}
    highs = [row.tally.right.high for row in found.sources]
    assert highs == sorted(highs)
    assert found.weeks[0][0] == week_of(NOW - timedelta(weeks=1))


def test_an_empty_project_is_told_what_to_do_in_every_section(tmp_path, make_project):
    page = read(make_project(tmp_path))
    for sentence in (
        "There is no evaluation yet.",
        "No run yet: retraining cross-validates",
        "that was not computed yet",
        "Agreement takes two annotators",
        "There are no articles yet.",
        "No tag was judged yet.",
    ):
        assert sentence in page.text
    assert page.tables == {}
    client = client_of(Project(tmp_path))
    assert client.get("/api/leaderboard").json() == []
    assert client.get("/api/agreement").json() == {"annotators": [], "pairs": [], "together": [], "to_settle": []}
    assert client.get("/api/progress").json() == {
        "people": [],
        "topics": [{"topic": key, "positives": 0, "negatives": 0} for key in ("drugs", "migration")],
        "paragraphs": 0,
        "left": 0,
    }
    assert client.get("/api/acceptance").json() == {"weeks": [], "sources": [], "courses": []}


def test_a_broken_file_takes_its_own_sections_and_not_the_page(project):
    with_run(project)
    with label_file(project, "anna").open("a", encoding="utf-8") as stream:
        stream.write("no json\n")
    page = read(project)
    assert page.text.count("This part cannot be shown. labels/anna.jsonl:") == 3
    assert "Runs, the newest first" in page.tables
    refused = client_of(project).get("/api/agreement")
    assert (refused.status_code, refused.json()["status"]) == (422, 422)


def test_nothing_of_a_text_becomes_markup_and_the_page_styles_nothing_itself(project):
    evil = "Heroin <script>alert(1)</script> and <img src=x onerror=alert(1)> came by truck."
    write_text(project.articles / "zz.txt", evil + "\n")
    paragraph = read_article(project.articles / "zz.txt").content[0]
    for name, topics in (("anna", ("drugs",)), ("boris", ())):
        line = Annotation("zz", paragraph.start, paragraph.end, paragraph.sha, topics, KEYS, name, AT, 1)
        append_annotations(label_file(project, name), [line])
    page = read(with_run(project))
    assert evil in page.text
    assert "<img src=x" not in page.html
    assert re.findall(r"<script(?![^>]* src=)", page.html) == []
    assert re.findall(r"<style| style=| on[a-z]+=\"", page.html) == []


def test_what_was_read_is_read_anew_when_labels_change(project):
    client = client_of(project)
    before = client.get("/api/progress").json()
    paragraph = read_article(project.articles / "a15.txt").content[0]
    place = paragraph.article_id, paragraph.start, paragraph.end, paragraph.sha
    append_annotations(label_file(project, "anna"), [Annotation(*place, (), KEYS, "anna", NOW.isoformat(), 1)])
    after = client.get("/api/progress").json()
    assert after["left"] == before["left"] - 1
    assert after["people"][0]["today"] == before["people"][0]["today"] + 1
