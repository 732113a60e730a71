"""The desk: what is saved is on disk, what is undone stands as before, and nobody's word is lost to another's."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Barrier, BrokenBarrierError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.annotation import desk
from pipeline.annotation.annotations import (
    append_annotations,
    label_file,
    note_of,
    read_annotations,
    stand,
)
from pipeline.annotation.check import CheckOptions, check_project
from pipeline.annotation.corpus import project_corpus
from pipeline.annotation.journal import Event, append_event, log_file, not_undone, read_events
from pipeline.annotation.sheets import new_judgements
from pipeline.errors import InputError, LabelError
from pipeline.files import write_text
from pipeline.project import Project
from tests.conftest import codebook_toml, judgement

KEYS = ("drugs", "migration", "cyber")
ARTICLES = {"osh": "Heroin was seized in Osh.\n\nTwo men fled.\n", "naryn": "The pass is closed.\n\nSnow fell.\n"}
ANY = CheckOptions(min_positives=0, min_articles=0)


class Crash(BaseException):
    """Stands for a power cut."""


def a_project(root):
    project = Project(Path(root))
    write_text(project.codebook, codebook_toml(*KEYS))
    for name, text in ARTICLES.items():
        write_text(project.articles / f"{name}.txt", text)
    return project


@pytest.fixture
def project(tmp_path):
    return a_project(tmp_path)


def paragraphs(project):
    corpus = project_corpus(project)
    return [paragraph for name in ARTICLES for paragraph in corpus[name].content]


def clock():
    """Moments in order, so that none is the same as another."""
    yield from (f"2026-01-02T03:{minute:02}:{second:02}+00:00" for minute in range(60) for second in range(60))


def act(annotator, paragraph, topics, at="t", **more):
    place = paragraph.article_id, paragraph.start, paragraph.end, paragraph.sha
    return Event("saved", annotator, at, *place, tuple(topics), **more)


def save(project, topics, *, annotator="maria", place=0, known=KEYS, at="t", note="", version=1, **more):
    paragraph = paragraphs(project)[place]
    line = judgement(paragraph, topics.split(), known, annotator=annotator, at=at, note=note, codebook=version)
    desk.save(project, project_corpus(project), line, act(annotator, paragraph, topics.split(), at, **more))


def settle(project, topics, *, by="maria", place=0, known=KEYS, at="t"):
    paragraph = paragraphs(project)[place]
    line = judgement(paragraph, topics.split(), known, at=at)
    desk.settle(project, project_corpus(project), line, act(by, paragraph, topics.split(), at))


def bring_in(project, owner, topics, *, place=0, known=KEYS, at="t"):
    """What ``threat-topics import`` does."""
    line = judgement(paragraphs(project)[place], topics.split(), known, annotator=owner, at=at)
    path = label_file(project, owner)
    append_annotations(path, new_judgements([each for _, each in read_annotations(path)], [line]))


def standing(project, owner):
    lines = read_annotations(label_file(project, owner), KEYS)
    return {
        span: {key: judgement.value for key, judgement in cells.items()}
        for span, cells in stand(("", line) for _, line in lines).items()
    }


def said(project, owner="maria", place=0):
    paragraph = paragraphs(project)[place]
    cells = standing(project, owner).get((paragraph.article_id, paragraph.start, paragraph.end))
    return None if cells is None else " ".join(sorted(key for key in cells if cells[key]))


def findings(project):
    return [str(finding) for finding in check_project(project, ANY)[0]]


def test_a_save_writes_the_label_and_then_the_act_with_what_stood_before(project):
    save(project, "drugs", at="1", note="close call")
    save(project, "", at="2", shown="after", suggested={"drugs": 0.75}, tagged=("drugs",), model="ff", queue="random")
    lines = [line for _, line in read_annotations(label_file(project, "maria"), KEYS)]
    assert [(line.topics, line.known, line.at, line.note) for line in lines] == [
        (("drugs",), tuple(sorted(KEYS)), "1", "close call"),
        ((), ("drugs",), "2", ""),
    ]
    first, second = read_events(project, "maria", KEYS)
    assert (first.kind, first.topics, first.before, len(first.after)) == ("saved", ("drugs",), (), 1)
    assert (second.shown, second.suggested, second.tagged, second.queue) == (
        "after",
        {"drugs": 0.75},
        ("drugs",),
        "random",
    )
    assert [(line.at, line.topics) for line in second.before] == [("1", ("drugs",))]
    assert [(line.at, line.known) for line in second.after] == [("1", ("cyber", "migration")), ("2", ("drugs",))]
    assert said(project) == ""


def test_kind_place_and_owner_are_those_of_the_judgement_whatever_the_caller_wrote(project):
    one, other = paragraphs(project)[:2]
    event = replace(act("maria", other, ["cyber"]), kind="skipped", topics=None)
    desk.save(project, project_corpus(project), judgement(one, ["drugs"], KEYS, annotator="ivan"), event)
    (written,) = read_events(project)
    assert (written.kind, written.span, written.sha) == ("saved", ("osh", one.start, one.end), one.sha)
    assert said(project, "maria") == "drugs"
    assert not label_file(project, "ivan").exists()


def test_a_judgement_of_another_text_is_refused_with_what_and_cure_and_nothing_is_written(project):
    paragraph = replace(paragraphs(project)[0], text="Heroin was found in Osh.")
    line = judgement(paragraph, ["drugs"], KEYS, annotator="maria")
    with pytest.raises(LabelError, match=r"^article osh, .*: the text has changed .*; judge it again or restore"):
        desk.save(project, project_corpus(project), line, act("maria", paragraph, ["drugs"]))
    assert not label_file(project, "maria").exists()
    assert read_events(project) == []


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"topics": "piracy", "known": ("piracy",)}, r"article osh, characters 0-25: known: unknown topic 'piracy'"),
        ({"topics": "drugs", "known": ("cyber",)}, "topics: 'drugs' is not in known"),
        ({"topics": "", "known": ()}, "known: is empty"),
        ({"topics": "", "annotator": "gold"}, "gold is the settled file; give your own name"),
        ({"topics": "", "annotator": "../maria"}, "names a file"),
        ({"topics": "", "suggested": {"drugs": float("nan")}}, "suggested: is"),
        ({"topics": "", "shown": "perhaps"}, "shown: is 'perhaps'"),
    ],
)
def test_what_cannot_be_read_again_is_refused_before_the_first_line(project, values, message):
    with pytest.raises(LabelError, match=message):
        save(project, **values)
    assert sorted(path.name for path in project.labels.iterdir()) == ["codebook.toml"]


def test_withdrawing_is_the_business_of_undo(project):
    paragraph = paragraphs(project)[0]
    with pytest.raises(LabelError, match="topics: is None; must be a list of topic keys where something was saved"):
        desk.save(
            project,
            project_corpus(project),
            judgement(paragraph, None, ()),
            replace(act("maria", paragraph, []), topics=None),
        )


def test_a_save_that_says_what_stands_is_a_step_of_undo_without_a_line(project):
    save(project, "drugs", at="1")
    before = label_file(project, "maria").read_bytes()
    save(project, "drugs", at="2")
    assert label_file(project, "maria").read_bytes() == before
    assert desk.undo(project, "maria", "3").at == "2"
    assert label_file(project, "maria").read_bytes() == before
    assert desk.undo(project, "maria", "4").at == "1"
    assert said(project) is None


def test_undo_goes_back_step_by_step_without_limit_and_says_when_nothing_is_left(project):
    bring_in(project, "maria", "cyber")
    steps = ["drugs", "drugs migration", "", "cyber drugs"]
    for number, topics in enumerate(steps):
        save(project, topics, at=f"{number}")
    for number, topics in reversed(list(enumerate(["cyber", *steps[:-1]]))):
        undone = desk.undo(project, "maria", f"u{number}")
        assert (undone.at, undone.kind) == (f"{number}", "saved")
        assert said(project) == topics
    assert desk.undo(project, "maria", "later") is None
    assert desk.undo(project, "nobody", "later") is None
    assert findings(project) == []


def test_undo_keeps_the_notes_and_writes_its_own_time(project):
    save(project, "drugs", at="1", note="near miss: birds")
    save(project, "", at="2", note="another")
    desk.undo(project, "maria", "3")
    lines = read_annotations(label_file(project, "maria"))
    assert [(line.at, line.note, line.topics) for _, line in lines[-2:]] == [
        ("3", "", None),
        ("3", "near miss: birds", ("drugs",)),
    ]
    (cells,) = stand(("", line) for _, line in lines).values()
    assert note_of(cells) == "near miss: birds"
    assert [(event.kind, event.at) for event in read_events(project)] == [
        ("saved", "1"),
        ("saved", "2"),
        ("undone", "3"),
    ]


def test_undo_takes_back_judgements_under_an_older_codebook_with_their_version(project):
    save(project, "drugs", at="1")
    save(project, "drugs", at="2", version=2)
    assert desk.undo(project, "maria", "3").at == "2"
    (line,) = {j.annotation for c in stand(_lines(project, "maria")).values() for j in c.values()}
    assert line.codebook == 1


def _lines(project, owner):
    return [("", line) for _, line in read_annotations(label_file(project, owner))]


def test_undo_of_one_annotator_leaves_another_alone(project):
    save(project, "drugs", annotator="maria")
    save(project, "cyber", annotator="ivan")
    assert desk.undo(project, "maria", "u").annotator == "maria"
    assert (said(project, "maria"), said(project, "ivan")) == (None, "cyber")
    assert desk.undo(project, "maria", "u") is None


def test_skips_and_reports_are_only_logged_and_no_step_of_undo(project):
    paragraph = paragraphs(project)[0]
    save(project, "drugs", at="1")
    desk.skip(project, act("maria", paragraph, ["drugs"], "2"))
    desk.report(project, act("maria", paragraph, ["drugs"], "3", note="a film"))
    kinds = [(event.kind, event.topics, event.note) for event in read_events(project, "maria")]
    assert kinds[1:] == [("skipped", None, ""), ("reported", ("drugs",), "a film")]
    assert desk.undo(project, "maria", "4").at == "1"


def test_a_settlement_goes_into_gold_and_its_undo_gives_gold_back(project):
    bring_in(project, "gold", "drugs migration")
    settle(project, "drugs", at="1")
    assert said(project, "gold") == "drugs"
    assert not label_file(project, "maria").exists()
    assert findings(project) == []
    assert desk.undo(project, "maria", "2").kind == "settled"
    assert said(project, "gold") == "drugs migration"
    assert findings(project) == []


def test_settling_one_topic_and_undoing_it_leaves_golds_other_topics(project):
    bring_in(project, "gold", "migration", known=("migration",))
    settle(project, "drugs", known=("drugs",), at="1")
    settle(project, "", known=("drugs",), at="2")
    assert (said(project, "gold"), findings(project)) == ("migration", [])
    desk.undo(project, "maria", "3")
    assert (said(project, "gold"), findings(project)) == ("drugs migration", [])
    desk.undo(project, "maria", "4")
    assert (standing(project, "gold"), findings(project)) == ({("osh", 0, 25): {"migration": True}}, [])


@pytest.mark.parametrize("owner", ["maria", "gold"])
def test_what_was_judged_otherwise_since_stays_and_the_next_undo_goes_on(project, owner):
    (save if owner == "maria" else settle)(project, "migration", place=1, at="1")
    (save if owner == "maria" else settle)(project, "drugs", at="2")
    bring_in(project, owner, "cyber")
    before = label_file(project, owner).read_bytes()
    with pytest.raises(
        LabelError, match=r"article osh, characters 0-25: was judged again since you .* at 2, by an import"
    ):
        desk.undo(project, "maria", "3")
    assert label_file(project, owner).read_bytes() == before
    assert desk.undo(project, "maria", "4").at == "1"
    assert (said(project, owner), said(project, owner, 1)) == ("cyber", None)
    assert desk.undo(project, "maria", "5") is None


@pytest.mark.parametrize("at", ["0", "1", "2"])  # "0": by a clock that was set back
def test_a_settlement_that_another_confirmed_is_not_undone_under_them(project, at):
    settle(project, "drugs", by="maria", at="1")
    settle(project, "drugs", by="ivan", at=at)
    with pytest.raises(LabelError, match="was judged again since"):
        desk.undo(project, "maria", "3")
    assert said(project, "gold") == "drugs"


def test_of_two_settlements_in_one_moment_the_later_is_taken_back(project):
    settle(project, "drugs", by="maria")
    settle(project, "cyber", by="ivan")
    assert desk.undo(project, "ivan", "3").annotator == "ivan"
    assert said(project, "gold") == "drugs"
    assert desk.undo(project, "maria", "4").annotator == "maria"
    assert said(project, "gold") is None


def test_a_judgement_of_an_older_split_gives_way_to_a_save_and_comes_back_with_its_undo(project):
    one = paragraphs(project)[0]
    old = replace(judgement(one, ["drugs"], KEYS, annotator="maria"), start=one.start + 3, note="old split")
    append_annotations(label_file(project, "maria"), [old])
    before = standing(project, "maria")
    save(project, "cyber")
    assert list(standing(project, "maria")) == [("osh", one.start, one.end)]
    desk.undo(project, "maria", "u")
    assert standing(project, "maria") == before


def test_an_undo_cut_short_before_it_was_logged_is_finished_by_the_next(project, monkeypatch):
    save(project, "drugs", at="1")
    save(project, "cyber", at="2")

    def crash(*_):
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(desk, "append_event", crash)
        with pytest.raises(Crash):
            desk.undo(project, "maria", "3")
    assert desk.undo(project, "maria", "4").at == "2"
    assert said(project) == "drugs"
    assert desk.undo(project, "maria", "5").at == "1"


def test_a_save_cut_short_before_it_was_logged_is_kept_and_can_be_saved_again(project, monkeypatch):
    def crash(*_):
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(desk, "append_event", crash)
        with pytest.raises(Crash):
            save(project, "drugs")
    assert (said(project), read_events(project)) == ("drugs", [])
    save(project, "drugs")
    assert len(read_events(project)) == 1
    assert len(read_annotations(label_file(project, "maria"))) == 1


def test_a_label_file_whose_last_line_is_cut_off_is_left_as_it_is_and_nothing_is_logged(project):
    save(project, "drugs")
    path = label_file(project, "maria")
    path.write_bytes(path.read_bytes() + b'{"article":"nar')
    before = path.read_bytes()
    with pytest.raises(InputError, match="the last line is cut off"):
        save(project, "cyber")
    assert path.read_bytes() == before
    assert len(read_events(project)) == 1


def test_a_broken_line_about_the_article_is_named_as_it_lies_in_the_project(project):
    path = label_file(project, "maria")
    path.write_text('{"article":"osh"}\n', encoding="utf-8")
    with pytest.raises(LabelError, match=r"^labels/maria\.jsonl:1: start: is missing"):
        save(project, "drugs")
    path.write_text('{"article":"osh",\n\n', encoding="utf-8")
    with pytest.raises(LabelError, match=r"^labels/maria\.jsonl:1: is not JSON"):
        save(project, "drugs")


def test_lines_of_an_article_are_found_however_json_writes_its_name(project):
    write_text(project.articles / "ош.txt", ARTICLES["osh"])
    paragraph = project_corpus(project)["ош"].content[0]
    line = judgement(paragraph, ["drugs"], KEYS, annotator="maria")
    label_file(project, "maria").write_text(json.dumps(line.to_dict()) + "\n", encoding="utf-8")
    desk.save(project, project_corpus(project), replace(line, topics=()), act("maria", paragraph, []))
    (event,) = read_events(project)
    assert event.before[0].topics == ("drugs",)


def test_annotators_at_once_lose_nothing(project):
    places = [(name, place) for name in ("maria", "ivan") for place in range(4)] * 6
    places = [places[number * 7 % len(places)] for number in range(len(places))]

    def one(numbered):
        number, (name, place) = numbered
        topics = " ".join(key for bit, key in enumerate(KEYS) if number >> bit & 1)
        save(project, topics, annotator=name, place=place, at=f"{number:03}")
        settle(project, topics, by=name, place=place, at=f"{number:03}")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(one, enumerate(places)))
    assert findings(project) == []
    for name in ("maria", "ivan"):
        acts = not_undone(read_events(project, name, KEYS))
        assert len(acts) == 48
        for place, paragraph in enumerate(paragraphs(project)):
            saved = [each for each in acts if each.kind == "saved" and each.span == _span(paragraph)]
            assert len(saved) == 6
            assert said(project, name, place) == " ".join(sorted(saved[-1].topics))


def test_nobody_reads_what_stands_while_another_is_about_to_change_it(project, monkeypatch):
    inside, met, read = Barrier(2), [], desk._lines

    def look(*arguments):
        with suppress(BrokenBarrierError):
            inside.wait(0.5)
            met.append(arguments)
        return read(*arguments)

    monkeypatch.setattr(desk, "_lines", look)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda topics: settle(project, topics, by=topics), ["drugs", "cyber"]))
    assert met == []
    assert findings(project) == []


def _span(paragraph):
    return paragraph.article_id, paragraph.start, paragraph.end


# What a sequence of acts is held against: files as dicts, and for each person a stack of (file, place, before, after).
TOPICS = st.sets(st.sampled_from(KEYS)).map(sorted)
ACTS = st.lists(
    st.one_of(
        st.tuples(
            st.sampled_from(["save", "settle", "import", "import gold"]),
            st.sampled_from(["maria", "ivan"]),
            st.integers(0, 1),
            TOPICS,
            TOPICS,
        ),
        st.tuples(st.just("undo"), st.sampled_from(["maria", "ivan"])),
    ),
    max_size=14,
)


class Desk:
    """The desk in plain Python."""

    def __init__(self):
        self.files, self.stacks, self.moment = {}, {"maria": [], "ivan": []}, 0

    def put(self, owner, place, topics, known, by=None):
        """Judge, by hand or by an import."""
        self.moment += 1
        before = self.files.get((owner, place), {})
        after = {**before, **{key: key in topics for key in known}}
        self.files[owner, place] = after
        if by is not None:
            self.stacks[by].append((owner, place, before, after, self.moment))

    def undo(self, by):
        """Whether the newest act was taken back; ``None`` if there is none, ``False`` if it was judged otherwise since."""
        if not self.stacks[by]:
            return None
        owner, place, before, after, moment = self.stacks[by].pop()
        now = self.files[owner, place]
        if now == before:
            return True
        others = [act for name, acts in self.stacks.items() if name != by for act in acts]
        if now != after or any(
            act[:3] == (owner, place, after) and act[4] > moment for act in others if owner == "gold"
        ):
            return False
        self.files[owner, place] = before
        return True


@settings(max_examples=80, deadline=None)
@given(ACTS)
def test_any_sequence_of_acts_leaves_what_a_stack_says_and_nothing_for_check_to_find(acts):
    with TemporaryDirectory() as root:
        project, model, moments = a_project(root), Desk(), clock()
        for kind, by, *rest in acts:
            at = next(moments)
            if kind == "undo":
                expected = model.undo(by)
                if expected is False:
                    with pytest.raises(LabelError, match="was judged again since"):
                        desk.undo(project, by, at)
                else:
                    assert (desk.undo(project, by, at) is not None) == (expected is not None)
            else:
                place, topics, others = rest
                known = tuple(sorted({*topics, *others})) or KEYS
                owner = "gold" if kind in {"settle", "import gold"} else by
                model.put(owner, place, topics, known, by if kind in {"save", "settle"} else None)
                if kind == "save":
                    save(project, " ".join(topics), annotator=by, place=place, known=known, at=at)
                elif kind == "settle":
                    settle(project, " ".join(topics), by=by, place=place, known=known, at=at)
                else:
                    bring_in(project, owner, " ".join(topics), place=place, known=known, at=at)
        spans = [_span(paragraph) for paragraph in paragraphs(project)]
        for owner in ("maria", "ivan", "gold"):
            cells = {spans[place]: cells for (name, place), cells in model.files.items() if name == owner and cells}
            assert standing(project, owner) == cells
        assert findings(project) == []
        read_events(project, keys=KEYS)


def test_the_log_of_a_person_is_refused_whole_if_a_line_is_broken_and_undo_touches_nothing(project):
    save(project, "drugs")
    path = log_file(project, "maria")
    path.write_bytes(path.read_bytes() + b"{\n")
    before = label_file(project, "maria").read_bytes()
    with pytest.raises(LabelError, match=r"^labels/log/maria\.jsonl:2: is not JSON"):
        desk.undo(project, "maria", "u")
    assert label_file(project, "maria").read_bytes() == before


def test_an_undone_line_without_an_act_before_it_is_passed_over(project):
    paragraph = paragraphs(project)[0]
    append_event(project, replace(act("maria", paragraph, []), kind="undone", topics=None))
    save(project, "drugs", at="1")
    assert desk.undo(project, "maria", "2").at == "1"


def test_where_the_log_cannot_be_written_the_label_is_not_kept_either(project):
    corpus, paragraph = project_corpus(project), paragraphs(project)[0]
    line = judgement(paragraph, ["drugs"], KEYS, annotator="maria")
    act = Event("saved", "maria", line.at, *line.span, line.sha, None)
    desk.save(project, corpus, line, act)
    before = label_file(project, "maria").read_bytes()
    with log_file(project, "maria").open("a", encoding="utf-8") as stream:
        stream.write('{"kind"')

    with pytest.raises(InputError, match="cut off"):
        desk.save(project, corpus, replace(line, topics=("cyber",)), act)

    assert label_file(project, "maria").read_bytes() == before
