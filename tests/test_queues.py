"""What to label next: who is offered which paragraph, in which order and why."""

from dataclasses import replace

import numpy as np
import pytest

from pipeline.annotation.annotations import (
    GOLD,
    Annotation,
    append_annotations,
    label_file,
    label_files,
    read_annotations,
)
from pipeline.annotation.corpus import project_corpus
from pipeline.annotation.journal import Event, append_event
from pipeline.annotation.sheets import read_sheet
from pipeline.errors import LabelError, ModelError, ProjectError
from pipeline.files import write_text
from pipeline.learning import bulk, locate
from pipeline.learning.decision import NEVER
from pipeline.learning.doubtful import Doubt
from pipeline.tagging import pool as pools
from pipeline.tagging.filters import NO_TOPIC, Filters
from pipeline.tagging.pool import Remembered, candidates_of, doubts_of, file_voices, joined, read_pool
from pipeline.tagging.queues import QUEUES, QueueOptions, counts, tasks
from pipeline.tagging.worklist import tasks_sheet
from tests.conftest import AT, codebook_toml
from tests.corpora import CORPUS, KEYS, trained

ALL = QueueOptions(limit=None)
BEFORE, LATER, LATEST = (f"2026-{month}-01T00:00:00+00:00" for month in ("01", "02", "03"))  # of the labels' own time
HEROIN = "Customs officers found heroin in a truck at the crossing."
THEATRE = "The theatre opens its new season on Friday."
BANK = "The bank opened its branches an hour later than usual."
TRIO = {"a": f"{HEROIN}\n\n{THEATRE}\n\n{BANK}\n"}
DATED = "BAKU, Azerbaijan, Oct. 15, 2024\n\nTrend:\n\n"


@pytest.fixture
def lay(make_project, tmp_path):
    """A function that lays out a project with these articles and labels."""
    return lambda articles, labels=None, **more: make_project(
        tmp_path / "own", articles, labels, **{"topics": KEYS, **more}
    )


@pytest.fixture
def corpus(lay):
    """The small corpus, none of it judged."""
    articles = {}
    for article, _, text in CORPUS:
        articles[article] = articles.get(article, "") + text + "\n\n"
    return lay(articles)


def pool_of(project, *events, **parts):
    """The pool of a project with the small model."""
    return read_pool(project, **{"events": events, "model": trained, **parts})


def event(project, kind, annotator, at, row, topics=None, **more):
    """An event about the paragraph of article "a" that stands in this row."""
    paragraph = project_corpus(project)["a"].content[row]
    place = paragraph.article_id, paragraph.start, paragraph.end, paragraph.sha
    return Event(kind, annotator, at, *place, topics, **more)


def listed(pool, queue, annotator=None, **filters):
    """All tasks of a queue."""
    return tasks(pool, queue, annotator, Filters(**filters), ALL)


def texts(*asked, **filters):
    return [task.paragraph.text for task in listed(*asked, **filters)]


def whys(*asked, **filters):
    return [task.why for task in listed(*asked, **filters)]


def doubt(project, row, topic, *, label, probability=0.9):
    paragraph = project_corpus(project)["a"].content[row]
    return Doubt(paragraph, topic, label, probability, f"labels/gold.jsonl:{row + 1}")


def rewritten(project):
    """The project after an edit of its first paragraph that moves nothing."""
    path = project.articles / "a.txt"
    write_text(path, path.read_text("utf-8").replace("heroin", "cherry"))
    return project


# What a pool holds


def test_furniture_other_languages_and_scraps_enter_no_queue(lay):
    russian = "Таможенники нашли героин в грузовике на границе, сообщила пресс-служба.\n"
    pool = pool_of(lay({"a": f"{HEROIN}\n\nRead more\n\nHeroin seized\n\n{THEATRE}\n", "r": russian}))
    assert "furniture" in {paragraph.kind for paragraph in pool.articles["a"].paragraphs}
    assert len(pool.articles["a"].content) == 3
    for queue in ("random", "uncertain", "search"):
        assert sorted(texts(pool, queue)) == [HEROIN, THEATRE]
    assert texts(pool, "article", article="a") == [HEROIN, THEATRE]
    assert texts(pool, "article", article="r") == []


def test_candidates_stand_in_the_order_of_article_and_place_however_they_are_read(corpus):
    articles = project_corpus(corpus)
    turned = {key: articles[key] for key in reversed(list(articles))}
    assert list(candidates_of(turned)) == list(candidates_of(articles)) == sorted(candidates_of(articles))


def test_parts_that_are_handed_in_are_not_read(lay, make_project, tmp_path):
    pool = pool_of(lay(TRIO, {"anna": {"a": ["drugs", "", ""]}}))
    elsewhere = make_project(tmp_path / "empty", topics=("other",))
    names = ("codebook", "articles", "candidates", "voices", "events", "model")
    same = read_pool(elsewhere, **{name: getattr(pool, name) for name in names})
    assert whys(same, "search", "anna") == [
        "judged by you: drugs",
        "judged by you: no topic",
        "judged by you: no topic",
    ]
    assert whys(read_pool(elsewhere), "search") == []


def test_the_log_of_the_project_is_read(lay):
    project = lay(TRIO)
    append_event(project, event(project, "skipped", "anna", LATER, 0))
    assert sorted(texts(read_pool(project), "random", "anna")) == [BANK, THEATRE]


def test_a_broken_label_file_is_named_as_it_lies_in_the_project(lay):
    project = lay(TRIO)
    write_text(project.labels / "anna.jsonl", "\n{}\n")
    with pytest.raises(LabelError, match=r"^labels/anna\.jsonl:2: "):
        pool_of(project)


def test_an_annotator_of_two_files_has_said_the_lines_of_both_and_gold_is_gold_whoever_wrote_it(lay, judge):
    project = lay(TRIO)
    first, second, third = project_corpus(project)["a"].content
    append_annotations(project.labels / "one.jsonl", [judge(first, ["drugs"], KEYS, annotator="anna")])
    append_annotations(project.labels / "two.jsonl", [judge(second, [], KEYS, annotator="anna")])
    append_annotations(label_file(project, GOLD), [judge(third, [], KEYS, annotator="boris")])
    voices = joined(file_voices(project, path, KEYS) for path in label_files(project))
    assert {name: len(voice.standing) for name, voice in voices.items()} == {"anna": 2, GOLD: 1}
    assert [where for where, _ in voices["anna"].lines] == ["labels/one.jsonl:1", "labels/two.jsonl:1"]


def test_a_remembering_scorer_scores_each_text_once_and_forgets_another_models_scores(monkeypatch):
    asked = []
    real = bulk.probabilities
    monkeypatch.setattr(pools.bulk, "probabilities", lambda model, new: asked.extend(new) or real(model, new))
    scorer, model = Remembered(), trained()
    assert scorer(model, []).shape == (0, len(KEYS))
    scorer(model, [HEROIN, BANK, HEROIN])
    found = scorer(model, [BANK, THEATRE])
    assert asked == [HEROIN, BANK, THEATRE]
    assert np.array_equal(found, real(model, [BANK, THEATRE]))
    other = replace(model, intercept=model.intercept + 1)
    assert np.array_equal(scorer(other, [BANK]), real(other, [BANK]))


def test_labels_without_a_score_out_of_fold_are_not_doubted(corpus):
    lines = []
    for article in project_corpus(corpus).values():
        rows = [row for row in CORPUS if row[0] == article.id]
        for paragraph, (_, letters, _) in zip(article.content, rows, strict=True):
            topics = ["drugs"] if "d" in letters else []
            place = paragraph.article_id, paragraph.start, paragraph.end, paragraph.sha
            lines.append((paragraph.id, place, topics))
    append_annotations(
        label_file(corpus, GOLD),
        [Annotation(*place, tuple(topics), KEYS, GOLD, BEFORE, 1) for _, place, topics in lines],
    )
    sure = {key: ((0.98,) if topics else (0.02,)) * 3 for key, _, topics in lines}
    slip = next(key for key, _, topics in lines if topics)
    scores = sure | {slip: (0.01, 0.5, 0.5)}
    assert (slip, "drugs") in {(found.paragraph.id, found.topic) for found in doubts_of(corpus, scores)}
    del scores[slip]
    assert slip not in {found.paragraph.id for found in doubts_of(corpus, scores)}
    assert doubts_of(corpus, {}) == []
    with_topic = {key: (0.0 if key == slip else 0.4, 0.0, 0.0) for key, _, topics in lines if topics}
    assert doubts_of(corpus, with_topic) == []  # nothing to tell them from is scored


# Judged and skipped


@pytest.mark.parametrize("queue", ["random", "uncertain"])
def test_what_an_annotator_judged_or_skipped_is_not_offered_again(lay, queue):
    project = lay(TRIO, {"anna": {"a": ["drugs", None, None]}})
    pool = pool_of(project, event(project, "skipped", "anna", LATER, 1))
    assert texts(pool, queue, "anna") == [BANK]


def test_a_paragraph_judged_for_some_topics_is_offered_for_the_others(lay, judge):
    project = lay(TRIO)
    append_annotations(
        label_file(project, "anna"),
        [judge(paragraph, [], ["drugs"], annotator="anna") for paragraph in project_corpus(project)["a"].content],
    )
    pool = pool_of(project)
    assert len(texts(pool, "random", "anna")) == 3
    assert {topic for task in listed(pool, "uncertain", "anna") for topic in task.topics} <= {"cyber", "floods"}
    assert len(texts(pool, "uncertain", "anna")) == 2


def test_a_judgement_of_other_words_does_not_count(lay):
    project = lay(TRIO, {"anna": {"a": ["drugs", "", ""]}})
    assert texts(pool_of(project), "random", "anna") == []
    assert texts(pool_of(rewritten(project)), "random", "anna") == [HEROIN.replace("heroin", "cherry")]


def test_a_skip_is_over_once_it_is_undone_judged_after_or_about_other_words(lay, judge):
    project = lay({"a": f"{HEROIN}\n"})
    skip = event(project, "skipped", "anna", LATER, 0)
    assert texts(pool_of(project, skip), "random", "anna") == []
    assert texts(pool_of(project, skip, event(project, "undone", "anna", LATEST, 0)), "random", "anna") == [HEROIN]
    assert texts(pool_of(project, replace(skip, sha="0" * 64)), "random", "anna") == [HEROIN]
    [paragraph] = project_corpus(project)["a"].content
    append_annotations(label_file(project, "anna"), [judge(paragraph, [], ["drugs"], annotator="anna", at=BEFORE)])
    assert texts(pool_of(project, skip), "random", "anna") == []
    append_annotations(label_file(project, "anna"), [judge(paragraph, [], ["cyber"], annotator="anna", at=LATEST)])
    assert texts(pool_of(project, skip), "random", "anna") == [HEROIN]


def test_somebody_elses_skip_leaves_a_paragraph_where_it_is(lay):
    project = lay(TRIO)
    pool = pool_of(project, event(project, "skipped", "boris", LATER, 0))
    assert HEROIN in texts(pool, "random", "anna")
    assert HEROIN not in texts(pool, "random", "boris")


# Uncertain


def test_the_uncertain_come_nearest_to_a_threshold_first(corpus):
    pool, model = pool_of(corpus), trained()
    found = tasks(pool, "uncertain", None, None, QueueOptions(per_article=99, limit=None))

    def distances(text):
        p, t = np.clip(model.probabilities([text])[0], 1e-9, 1 - 1e-9), np.clip(model.thresholds, 1e-9, 1 - 1e-9)
        return np.abs(np.log(p / (1 - p)) - np.log(t / (1 - t)))

    nearest = [distances(task.paragraph.text).min() for task in found]
    assert len(found) == len(CORPUS)
    assert nearest == sorted(nearest)
    assert nearest[0] < nearest[-1]
    for task in found:
        j = int(distances(task.paragraph.text).argmin())
        p, threshold = model.probabilities([task.paragraph.text])[0, j], model.thresholds[j]
        assert task.topics == (KEYS[j],)
        assert task.why == f"{KEYS[j]} {p:.2f}, threshold {threshold:.2f}"


def test_of_one_article_no_more_uncertain_paragraphs_are_offered_than_asked_for(corpus):
    pool = pool_of(corpus)
    for most in (1, 2):
        found = tasks(pool, "uncertain", None, None, QueueOptions(per_article=most, limit=None))
        ids = [task.paragraph.article_id for task in found]
        assert max(ids.count(key) for key in ids) == most
        assert set(ids) == set(pool.articles)
    assert len({task.paragraph.article_id for task in tasks(pool, "uncertain")}) == len(pool.articles)
    assert max(texts(pool, "uncertain").count(text) for text in texts(pool, "uncertain")) == 1


def test_equally_uncertain_paragraphs_stand_in_the_order_of_article_and_place(lay):
    ids = [f"a{number:02}" for number in range(20)]
    same = f"{HEROIN}\n\n{THEATRE}\n\n{HEROIN}\n\n{BANK}"
    project = lay(dict.fromkeys(reversed(ids), f"{same}\n"))
    found = tasks(pool_of(project), "uncertain", None, None, QueueOptions(per_article=4, limit=None))
    for text in (HEROIN, THEATRE, BANK):
        places = [(task.paragraph.article_id, task.paragraph.start) for task in found if task.paragraph.text == text]
        assert len(places) == 20 * same.count(text)
        assert places == sorted(places)


def test_what_anybody_judged_or_gold_holds_is_certain_enough(lay):
    labels = {"boris": {"a": ["drugs", None, None]}, GOLD: {"a": [None, "", None]}}
    assert texts(pool_of(lay(TRIO, labels)), "uncertain", "anna") == [BANK]


def test_a_topic_nobody_judged_yet_makes_a_judged_paragraph_uncertain(lay):
    project = lay(TRIO, {GOLD: {"a": ["drugs", "", ""]}}, topics=KEYS[:2])
    assert texts(pool_of(project), "uncertain") == []
    write_text(project.codebook, codebook_toml(*KEYS))
    found = listed(pool_of(project), "uncertain")
    assert len(found) == 2
    assert {task.topics for task in found} == {("floods",)}


def test_a_topic_the_model_does_not_know_is_none_it_can_be_unsure_of(lay):
    project = lay(TRIO, {GOLD: {"a": [" ".join(KEYS), "", ""]}}, topics=KEYS)
    write_text(project.codebook, codebook_toml("weather", *KEYS))
    assert texts(pool_of(project), "uncertain") == []
    assert len(texts(pool_of(project), "random", GOLD)) == 3


def test_the_order_of_topics_in_the_codebook_is_not_taken_for_the_models(lay):
    project = lay(TRIO)
    before = whys(pool_of(project), "uncertain")
    write_text(project.codebook, codebook_toml("floods", "drugs", "cyber"))
    assert whys(pool_of(project), "uncertain") == before


def test_a_threshold_that_nothing_reaches_leaves_the_order_whole(corpus):
    shut = replace(trained(), thresholds=np.full(3, NEVER), review=np.full(3, NEVER))
    found = tasks(pool_of(corpus, model=lambda: shut), "uncertain")
    assert len(found) > 2
    assert found[0].why.endswith("threshold 1.00")


def test_without_a_model_the_uncertain_queue_says_which_command_makes_one(lay, monkeypatch):
    monkeypatch.setattr(locate, "shipped_project", lambda: None)
    monkeypatch.delenv(locate.ENVIRONMENT, raising=False)
    project = lay(TRIO)
    pool = read_pool(project)
    with pytest.raises(ModelError, match="train"):
        tasks(pool, "uncertain")
    assert counts(pool)["uncertain"] is None
    assert len(texts(pool, "random")) == 3


def test_a_model_of_other_topics_is_named_with_the_command_that_makes_another(lay):
    with pytest.raises(ModelError, match=r"'quick' knows none of the topics weather; run `threat-topics train`"):
        tasks(pool_of(lay(TRIO, topics=("weather",))), "uncertain")


# Random


def test_the_random_order_stays_while_work_goes_on(corpus, judge):
    before = texts(pool_of(corpus), "random", "anna")
    done = next(p for p in pool_of(corpus).candidates.values() if p.text == before[4])
    append_annotations(label_file(corpus, "anna"), [judge(done, [], KEYS, annotator="anna")])
    assert texts(pool_of(corpus), "random", "anna") == before[:4] + before[5:]


def test_seed_and_annotator_decide_the_random_order_and_nothing_else(corpus):
    pool = pool_of(corpus)

    def order(annotator, seed):
        return [t.paragraph.id for t in tasks(pool, "random", annotator, None, QueueOptions(limit=None, seed=seed))]

    assert order("anna", 0) == order("anna", 0)
    drawn = {tuple(order(annotator, seed)) for annotator in ("anna", "boris") for seed in (0, 1)}
    assert len(drawn) == 4
    assert {tuple(sorted(ids)) for ids in drawn} == {tuple(sorted(p.id for p in pool.candidates.values()))}


def test_what_others_judged_is_drawn_too_without_saying_what_they_said(lay):
    pool = pool_of(lay(TRIO, {"boris": {"a": ["drugs", "", ""]}, GOLD: {"a": ["drugs", "", ""]}}))
    found = listed(pool, "random", "anna")
    assert len(found) == 3
    assert {(task.why, task.topics) for task in found} == {("drawn at random", ())}


# Doubtful


def doubtful_pool(project, *events, doubts):
    return pool_of(project, *events, doubts=lambda: doubts)


def test_a_doubt_says_label_place_and_probability_and_a_paragraph_comes_once(lay):
    project = lay(TRIO, {GOLD: {"a": ["drugs", "", ""]}})
    doubts = [
        doubt(project, 1, "floods", label=False, probability=0.97),
        doubt(project, 0, "drugs", label=True, probability=0.04),
        doubt(project, 1, "cyber", label=False, probability=0.91),
    ]
    found = listed(doubtful_pool(project, doubts=doubts), "doubtful")
    assert [task.paragraph.text for task in found] == [THEATRE, HEROIN]
    assert found[0].topics == ("floods", "cyber")
    assert found[0].why == (
        "floods: labelled 0 (labels/gold.jsonl:2), probability 0.97; "
        "cyber: labelled 0 (labels/gold.jsonl:2), probability 0.91"
    )
    assert found[1].why == "drugs: labelled 1 (labels/gold.jsonl:1), probability 0.04"


def test_a_doubt_that_was_looked_at_is_not_offered_again_unless_that_is_undone(lay):
    project = lay(TRIO, {GOLD: {"a": ["drugs", "", ""]}})
    doubts = [doubt(project, 0, "drugs", label=True)]
    settled = event(project, "settled", "anna", LATER, 0, ("drugs",), queue="doubtful")
    undone = event(project, "undone", "anna", LATEST, 0)
    assert texts(doubtful_pool(project, settled, doubts=doubts), "doubtful", "boris") == []
    assert texts(doubtful_pool(project, settled, undone, doubts=doubts), "doubtful") == [HEROIN]
    elsewhere = replace(settled, queue="search")
    assert texts(doubtful_pool(project, elsewhere, doubts=doubts), "doubtful") == [HEROIN]


def test_a_doubt_of_a_label_that_was_changed_since_is_gone(lay):
    project = lay(TRIO, {GOLD: {"a": ["drugs", "", ""]}})
    doubts = [doubt(project, 0, "drugs", label=False), doubt(project, 1, "drugs", label=False)]
    assert texts(doubtful_pool(project, doubts=doubts), "doubtful") == [THEATRE]


def test_without_a_run_the_doubtful_queue_says_what_to_do(lay):
    with pytest.raises(ProjectError, match="run `threat-topics evaluate` first"):
        tasks(pool_of(lay(TRIO)), "doubtful")


# Disagreements


def test_a_disagreement_says_who_said_what_of_each_topic_in_dispute(lay):
    pool = pool_of(lay(TRIO, {"first": {"a": ["drugs", "", "cyber"]}, "second": {"a": ["", "", "floods"]}}))
    found = listed(pool, "disagreements")
    assert [task.paragraph.text for task in found] == [HEROIN, BANK]
    assert found[0].why == "drugs: first yes, second no"
    assert found[0].topics == ("drugs",)
    assert found[1].why == "cyber: first yes, second no; floods: first no, second yes"


def test_a_disagreement_that_gold_settles_or_whose_text_changed_is_gone(lay, judge):
    project = lay(TRIO, {"first": {"a": ["drugs", "", "cyber"]}, "second": {"a": ["", "", ""]}})
    last = project_corpus(project)["a"].content[2]
    append_annotations(label_file(project, GOLD), [judge(last, ["cyber"], KEYS)])
    assert texts(pool_of(project), "disagreements") == [HEROIN]
    assert texts(pool_of(rewritten(project)), "disagreements") == []


def test_a_settler_is_not_offered_what_they_passed_over(lay):
    project = lay(TRIO, {"first": {"a": ["drugs", "", ""]}, "second": {"a": ["", "", ""]}})
    pool = pool_of(project, event(project, "skipped", "anna", LATER, 0))
    assert texts(pool, "disagreements", "anna") == []
    assert texts(pool, "disagreements", "boris") == [HEROIN]


# Reported


def test_a_report_is_offered_until_it_is_judged(lay, judge):
    project = lay(TRIO, {"anna": {"a": ["drugs", "", ""]}})
    report = event(project, "reported", "reader", LATER, 0, ("cyber", "drugs"), note=" the word alone ")
    pool = pool_of(project, report)
    [task] = listed(pool, "reported", "anna")
    assert task.why == "called wrong on the tag page: cyber, drugs (the word alone)"
    assert task.topics == ("drugs", "cyber")
    assert texts(pool_of(project, replace(report, at=BEFORE)), "reported", "anna") == []
    assert texts(pool_of(project, replace(report, at=AT)), "reported", "anna") == []
    paragraph = project_corpus(project)["a"].content[0]
    append_annotations(label_file(project, "anna"), [judge(paragraph, [], KEYS, annotator="anna", at=LATEST)])
    assert texts(pool_of(project, report), "reported", "anna") == []
    assert texts(pool_of(project, report), "reported", "boris") == [HEROIN]
    assert texts(pool_of(project, report), "reported") == []


def test_gold_answers_a_report_for_everybody(lay, judge):
    project = lay(TRIO)
    report = event(project, "reported", "reader", LATER, 0, ("drugs",))
    paragraph = project_corpus(project)["a"].content[0]
    append_annotations(label_file(project, GOLD), [judge(paragraph, [], KEYS, at=LATEST)])
    assert texts(pool_of(project, report), "reported", "anna") == []


def test_times_of_day_are_compared_whatever_zone_they_are_written_in(lay):
    project = lay(TRIO, {"anna": {"a": ["drugs", "", ""]}})  # 2026-01-02T03:04:05+00:00
    report = event(project, "reported", "reader", "2026-01-02T02:30:00-01:00", 0, ("drugs",))
    assert texts(pool_of(project, report), "reported", "anna") == [HEROIN]
    assert texts(pool_of(project, replace(report, at="2026-01-02T04:00:00+02:00")), "reported", "anna") == []


def test_two_reports_of_a_paragraph_are_one_task_and_the_first_reported_comes_first(lay):
    project = lay(TRIO)
    reports = [
        event(project, "reported", "reader", BEFORE, 2, ("floods",)),
        event(project, "reported", "reader", LATER, 0, ("drugs",)),
        event(project, "reported", "other", LATEST, 2, ()),
    ]
    found = listed(pool_of(project, *reports), "reported", "anna")
    assert [task.paragraph.text for task in found] == [BANK, HEROIN]
    assert found[0].why == "called wrong on the tag page: floods; called wrong on the tag page: no topic"


def test_a_skipped_report_stays_away_until_it_is_reported_again(lay):
    project = lay(TRIO)
    report = event(project, "reported", "reader", BEFORE, 0, ("drugs",))
    skip = event(project, "skipped", "anna", LATER, 0)
    assert texts(pool_of(project, report, skip), "reported", "anna") == []
    assert texts(pool_of(project, report, skip), "reported", "boris") == [HEROIN]
    again = replace(report, at=LATEST)
    assert texts(pool_of(project, report, skip, again), "reported", "anna") == [HEROIN]


def test_a_report_of_topics_that_are_gone_since_is_still_read(lay):
    project = lay(TRIO)
    [task] = listed(pool_of(project, event(project, "reported", "reader", LATER, 0, ("gone",))), "reported")
    assert "gone" in task.why
    assert task.topics == ()


# Search and article


def test_words_are_found_in_capitals_or_not_and_across_line_ends(lay):
    wrapped = (
        "Customs officers at the Torugart crossing found 38 kilograms of\n"
        "Heroin in a truck bound for Osh, the border service of the\n"
        "republic said on Monday evening in a short note to the press.\n"
    )
    pool = pool_of(lay({"0001-osh": wrapped, "b": f"{THEATRE}\n"}))
    assert len(texts(pool, "search", text="KILOGRAMS of heroin ")) == 1
    assert texts(pool, "search", text="0001-OSH") == texts(pool, "search", text="torugart")
    assert texts(pool, "search", text="0001") == []
    assert texts(pool, "search", text=".*") == []
    assert len(texts(pool, "search")) == 2


def test_a_topic_is_found_where_it_is_settled_and_where_the_model_tags_it(lay):
    labels = {GOLD: {"a": [None, "drugs", None]}, "anna": {"a": [None, None, "cyber"]}}
    pool = pool_of(lay(TRIO, labels))
    assert trained().decide([HEROIN])[0].tolist() == [True, False, False]
    p = trained().probabilities([HEROIN])[0, 0]
    assert texts(pool, "search", topic="drugs") == [HEROIN, THEATRE]
    assert whys(pool, "search", topic="drugs") == [f"tagged: drugs {p:.2f}; not settled", "settled: drugs"]
    assert whys(pool, "search", "anna", topic="cyber") == ["judged by you: cyber"]
    assert [task.topics for task in listed(pool, "search", topic="drugs")] == [("drugs",)] * 2


def test_what_annotators_do_not_agree_on_is_not_settled(lay):
    pool = pool_of(lay(TRIO, {"first": {"a": ["", "floods", ""]}, "second": {"a": ["", "", ""]}}))
    assert texts(pool, "search", topic="floods") == []
    assert whys(pool, "search", text="theatre") == ["settled in part: no topic"]


def test_what_is_settled_can_be_searched_without_a_model(lay, monkeypatch):
    monkeypatch.setattr(locate, "shipped_project", lambda: None)
    monkeypatch.delenv(locate.ENVIRONMENT, raising=False)
    pool = read_pool(lay(TRIO, {GOLD: {"a": [None, "drugs", None]}}))
    assert texts(pool, "search", topic="drugs") == [THEATRE]


def test_none_finds_what_was_judged_and_has_no_topic(lay):
    pool = pool_of(lay(TRIO, {GOLD: {"a": ["drugs", "", None]}}))
    assert texts(pool, "search", topic=NO_TOPIC) == [THEATRE]


def test_source_and_dates_are_those_of_the_article_and_undated_ones_are_left_out(lay):
    pool = pool_of(lay({"a": f"{DATED}{HEROIN}\n", "b": f"{THEATRE}\n"}))
    assert (pool.articles["a"].date, pool.articles["a"].agency) == ("2024-10-15", "Trend")
    assert pool.articles["b"].date is None
    assert texts(pool, "search", source="TREND") == [HEROIN]
    assert texts(pool, "search", source="tren") == []
    assert texts(pool, "search", since="2024-10-15", until="2024-10-15") == [HEROIN]
    assert texts(pool, "search", since="2024-10-16") == []
    assert texts(pool, "search", until="2024-10-14") == []
    assert texts(pool, "search", until="2030-01-01") == [HEROIN]


def test_an_annotators_own_paragraphs_are_found(lay):
    pool = pool_of(lay(TRIO, {"boris": {"a": ["drugs", None, ""]}, GOLD: {"a": [None, "", None]}}))
    assert texts(pool, "search", by="boris") == [HEROIN, BANK]
    assert texts(pool, "search", by=GOLD) == [THEATRE]
    assert texts(pool, "search", by="boris", text="heroin", topic="drugs") == [HEROIN]


def test_search_and_article_offer_everything_and_say_what_stands(lay, judge):
    project = lay(TRIO, {"anna": {"a": ["drugs", None, None]}, "boris": {"a": ["", "cyber", "floods"]}})
    paragraph = project_corpus(project)["a"].content[1]
    append_annotations(label_file(project, "anna"), [judge(paragraph, [], ["drugs"], annotator="anna")])
    pool = pool_of(project, event(project, "skipped", "anna", LATER, 2))
    for found in (listed(pool, "search", "anna"), listed(pool, "article", "anna", article="a")):
        assert [task.paragraph.text for task in found] == [HEROIN, THEATRE, BANK]
        assert [task.why for task in found] == [
            "judged by you: drugs",
            "judged by you in part: no topic",
            "not judged by you; passed over by you",
        ]


def test_an_article_is_offered_whole_in_order_and_alone(corpus):
    found = listed(pool_of(corpus), "article", "anna", article="a16")
    assert [task.paragraph.text for task in found] == [row[2] for row in CORPUS if row[0] == "a16"]


def test_filters_narrow_every_queue(corpus):
    pool = pool_of(corpus)
    for queue in ("uncertain", "random"):
        assert {task.paragraph.article_id for task in listed(pool, queue, article="a16")} == {"a16"}
    assert all("heroin" in text.casefold() for text in texts(pool, "random", text="heroin"))


# All of them


@pytest.mark.parametrize(
    ("queue", "filters", "said"),
    [
        ("next", {}, "queue 'next' is unknown; known are: reported, uncertain, random, doubtful, "),
        ("search", {"topic": "drgus"}, "topic 'drgus' is unknown; known are: drugs, cyber, floods, none"),
        ("random", {"by": "../anna"}, "annotator '../anna' judged nothing; those who did are: anna, gold"),
        ("article", {}, "queue 'article': needs an article"),
        ("article", {"article": "../../etc/passwd"}, "article '../../etc/passwd' is unknown"),
        ("search", {"since": "15.10.2024"}, "since '15.10.2024' is no date; write it as 2024-05-01"),
        ("search", {"until": "2024-02-30"}, "until '2024-02-30' is no date"),
    ],
)
def test_what_is_asked_for_by_a_wrong_name_is_refused_with_the_known_ones(lay, queue, filters, said):
    pool = pool_of(lay(TRIO, {"anna": {"a": ["drugs", "", ""]}, GOLD: {"a": ["drugs", "", ""]}}))
    with pytest.raises(LabelError) as refused:
        tasks(pool, queue, "anna", Filters(**filters))
    assert str(refused.value).startswith(said)
    assert "\n" not in str(refused.value)


def test_where_nobody_judged_yet_nobody_can_be_asked_for(lay):
    with pytest.raises(LabelError, match="annotator 'anna' judged nothing; nobody did yet"):
        tasks(pool_of(lay(TRIO)), "search", None, Filters(by="anna"))


def test_a_project_without_articles_or_labels_has_empty_queues(make_project, tmp_path):
    pool = pool_of(make_project(tmp_path / "own", topics=KEYS), doubts=list)
    for queue in QUEUES:
        if queue != "article":
            assert tasks(pool, queue, "anna") == []
    assert set(counts(pool, "anna").values()) == {0, None}


def test_the_limit_is_the_most_that_is_listed_and_fifty_without_one(lay):
    many = "\n\n".join(f"Officers found {number} kilograms of heroin on the road." for number in range(1, 61))
    pool = pool_of(lay({"a": f"{many}\n"}))
    assert len(tasks(pool, "search")) == 50
    assert len(tasks(pool, "search", None, None, QueueOptions(limit=7))) == 7
    assert len(listed(pool, "search")) == 60


def test_the_counts_are_what_the_queues_hold(lay):
    labels = {"first": {"a": ["drugs", "", None]}, "second": {"a": ["", "", None]}}
    project = lay(TRIO | {"b": f"{HEROIN}\n\n{THEATRE}\n\n{BANK}\n"}, labels)
    pool = pool_of(project, event(project, "reported", "reader", LATER, 0, ("drugs",)))
    found = counts(pool, "first")
    assert list(found) == list(QUEUES)
    for queue in ("reported", "uncertain", "random", "disagreements"):
        assert found[queue] == len(listed(pool, queue, "first")), queue
    assert (found["reported"], found["uncertain"], found["random"], found["disagreements"]) == (1, 3, 4, 1)
    assert [found[queue] for queue in ("doubtful", "search", "article")] == [None] * 3


def test_the_same_pool_gives_the_same_tasks(corpus):
    for queue in QUEUES:
        asked = Filters(article="a16" if queue == "article" else "")
        first, second = (tasks(pool_of(corpus, doubts=list), queue, "anna", asked) for _ in range(2))
        assert first == second


def test_hostile_ids_come_back_from_a_sheet_as_they_went(lay, tmp_path):
    ids = ("=1+1", "a:0-5", "-x", "a, b; 'c'", "стат’я", "%2e%2e", "a\tb")
    project = lay(dict.fromkeys(ids, f"{HEROIN}\n\n{THEATRE}\n"))
    pool = pool_of(project)
    found = listed(pool, "random", "anna")
    assert {task.paragraph.article_id for task in found} == set(ids)
    sheet = tasks_sheet(found, pool.codebook)
    assert not [line for line in sheet.splitlines() if line.startswith(("=", "-", '"='))]
    path = tmp_path / "sheet.csv"
    write_text(path, sheet.replace(",,,,,drawn", ",1,,,,drawn"))
    lines = read_sheet(path, pool.codebook, pool.articles, "anna", LATER)
    assert [line.span[0] for line in lines] == [task.paragraph.article_id for task in found]
    append_annotations(label_file(project, "anna"), lines)
    assert len(read_annotations(label_file(project, "anna"))) == len(found)
    assert whys(pool_of(project), "article", "anna", article="=1+1") == ["judged by you in part: drugs"] * 2
