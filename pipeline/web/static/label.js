// The label page: one paragraph after the other, each saved on disk before the next one comes.

import { annotator, ask, el, isRefusal, query } from "./common.js";
import { articleOf, placeOf, settle, showParagraph } from "./label-article.js";
import { begin, chosen, isChosen, letters, openNote, showVoices, take, toggle, toggleNone, toggleUnsure, watchChoice, words } from "./label-choice.js";
import { bringForward, watchGuide } from "./label-guide.js";
import { watchKeys } from "./label-keys.js";
import { openNew, watchNew } from "./label-new.js";
import { advance, current, drawQueues, fillForm, fromAddress, goBack, goTo, insert, isNarrowed, isSettling, nameOfQueue, queue, refreshQueues, toAddress, waiting, watchFilters } from "./label-queue.js";
import { linkTags, watchRetrain } from "./label-retrain.js";
import { askAgain, compared, forgetSeen, isShownBefore, mode, showSuggestion, shown, suggestionOf, watchMode } from "./label-suggestion.js";
import { announce, askName, fault, fillSlowly, heading, isIn, isLast, keepFocus, last, phase, showProgress, showRest, watchFault, watchLayout, SLOW } from "./label-view.js";

const byId = (id) => document.getElementById(id);
const pane = byId("pane");
const RECOUNT = 10; // saves after which the queues are counted anew
const state = { busy: false, acts: 0, savedToday: 0, inView: false, said: new Map(), voices: [], saves: 0, soon: null };

// What is shown ------------------------------------------------------------------------------------------------------

/** Show the task in question: its article, what stands, and as the person wants it what the model says. */
async function show() {
  const task = current();
  if (!task) return rest(queue.remark || "The end of this queue.");
  phase("loading");
  const prepared = state.soon?.task === task ? state.soon.all : prepare(task);
  state.soon = null;
  let parts;
  try {
    parts = await prepared;
  } catch (error) {
    if (!task.extra) return rest(error.message);
    queue.tasks.splice(queue.at, 1); // an address or an undo names what is gone: the queue goes on without it
    last(error.message);
    return show();
  }
  if (task !== current()) return undefined;
  draw(task, ...parts);
  const next = queue.tasks[queue.at + 1];
  if (next) {
    state.soon = { task: next, all: prepare(next) };
    state.soon.all.catch(() => {});
  }
  return undefined;
}

/** Ask for all a task needs. */
function prepare(task) {
  const { article, start, end, settling } = task;
  const asked = { article, start, end, annotator: annotator.get(), settling: settling ? "true" : "" };
  return Promise.all([articleOf(article), ask("GET", query("/api/judgement", asked)), isShownBefore(task) ? suggestionOf(task) : null]);
}

function draw(task, article, stands, found) {
  const paragraph = article.paragraphs.find((one) => placeOf(one) === placeOf(task));
  if (!paragraph) return rest(`Article ${task.article} has changed: this paragraph is there no more. Load the page again.`);
  task.sha = paragraph.sha; // of the words on the screen: others than these are not judged
  heading(article, task);
  phase("task");
  showParagraph(article, task, (place) => state.said.has(`${task.article}:${place}`) && letters(state.said.get(`${task.article}:${place}`)));
  begin(task.settling ? null : stands.mine);
  state.voices = stands.voices;
  showVoices(stands.voices, task, voice);
  state.inView = showSuggestion(task, found);
  settle();
  progress();
  toAddress();
  linkTags(task.article);
  fault("");
  announce(`Next: ${paragraph.text}`);
  return undefined;
}

/** There is nothing to judge: why, and what to do instead. */
function rest(sentence) {
  begin(null);
  showVoices([], null, voice);
  showSuggestion(null, null);
  const others = waiting().map((name) => [nameOfQueue(name), () => openQueue(name)]);
  showRest(sentence, [["New article", openNew, queue.name === "search" ? null : "primary"], ["Undo", undo], ...others]);
  progress();
  toAddress();
}

function progress() {
  showProgress(state.savedToday);
  drawQueues(openQueue);
}

// What is done -------------------------------------------------------------------------------------------------------

/** One act at a time: what is pressed while the disk works is not taken for the next paragraph. */
async function act(what, ...phases) {
  if (state.busy || !isIn("task", ...phases)) return;
  state.busy = true;
  state.acts += 1;
  byId("dock").setAttribute("aria-busy", "true");
  try {
    await what();
  } catch (error) {
    if (isIn("task")) fault(error.message, isRefusal(error) ? null : () => act(what));
    else last(error.message);
  } finally {
    state.busy = false;
    byId("dock").removeAttribute("aria-busy");
  }
}

function placeAsked({ article, start, end, sha }) {
  return { annotator: annotator.get(), article, start, end, sha };
}

function save() {
  if (!isIn("task") || state.busy) return undefined;
  if (!isChosen()) {
    fault("Choose a topic or 0 for none of these.");
    return pane.focus({ preventScroll: true });
  }
  return act(async () => {
    const task = current();
    const said = chosen();
    const seenWhen = shown(task, state.inView);
    await ask("POST", task.settling ? "/api/settle" : "/api/label", { ...placeAsked(task), ...said, queue: task.queue, shown: seenWhen });
    state.said.set(`${task.article}:${placeOf(task)}`, said.topics);
    state.savedToday += task.judged ? 0 : 1;
    const done = task.settling ? "Settled" : "Saved";
    const line = last(`${done}: ${words(said.topics)}`);
    if (seenWhen) compareLater(task, said.topics, done, line);
    await onward();
  });
}

/** The next task; the queues are counted anew now and then. */
async function onward() {
  state.saves += 1;
  if (state.saves % RECOUNT === 0) recount();
  if (await advance()) await show();
  else rest(queue.name === "article" ? "That was the last paragraph of this article." : queue.remark || "That was the last one of this queue.");
  keepFocus();
}

/** Say beside "Saved" whether the model agrees, once it is known and unless something else was done by then. */
async function compareLater(task, said, done, line) {
  const { words: sentence, differ } = compared(task, said, await suggestionOf(task));
  if (!isLast(line)) return;
  last([`${done}. `, el("strong", {}, sentence), ...(differ ? [" · ", el("kbd", {}, "z"), " to change"] : [])], differ ? "differ" : "agree");
}

function skip() {
  return act(async () => {
    const task = current();
    await ask("POST", "/api/skip", { ...placeAsked(task), queue: task.queue });
    last("Skipped");
    await onward();
  });
}

function undo() {
  return act(async () => {
    const undone = await ask("POST", "/api/undo", { annotator: annotator.get() });
    const { article, start, end, sha } = undone;
    state.said.delete(`${article}:${start}-${end}`);
    state.savedToday = Math.max(0, state.savedToday - 1);
    state.soon = null;
    const same = current() && current().article === article && placeOf(current()) === placeOf(undone);
    if (!same && !goBack(undone)) insert({ article, start, end, sha, queue: undone.queue || queue.name, settling: undone.kind === "settled" });
    last(`Undone: you had said ${words(undone.topics)}`);
    await show();
    keepFocus();
  }, "rest");
}

/** Take what somebody said of a paragraph that is to be settled. */
function voice(place, event) {
  const one = state.voices[place];
  if (!one || !current()?.settling) return;
  take(one.topics);
  fault("");
  if (event?.detail) keepFocus();
}

/** What is chosen already stays. */
async function changedMode() {
  state.soon = null;
  const task = current();
  const found = task && isIn("task") && isShownBefore(task) ? await suggestionOf(task) : null;
  if (found && task === current()) state.inView = showSuggestion(task, found);
}

async function recount() {
  try {
    await refreshQueues();
    const { acts } = state;
    const today = await ask("GET", query("/api/today", { annotator: annotator.get() }));
    if (acts === state.acts && !state.busy) state.savedToday = today.saved; // else it is a count of before
    progress();
  } catch {
    // what was counted before stays
  }
}

// Where one is -------------------------------------------------------------------------------------------------------

/** Open a queue; `place` is a paragraph to begin with. */
async function openQueue(name, filters = {}, place = null) {
  const asked = name === "article" && !filters.article ? { article: current()?.article ?? queue.filters.article ?? "" } : filters;
  const turn = queue.turn + 1;
  Object.assign(queue, { turn, name, filters: asked, tasks: [], at: 0, left: 0, offset: 0, remark: "" });
  state.soon = null;
  askAgain();
  fillForm();
  phase("loading");
  if (name === "search" && !isNarrowed()) {
    rest("Say what to look for.");
    byId("side").open = true;
    return byId("f-text").focus();
  }
  if (name === "article" && !asked.article) return rest("Open an article first, or add one.");
  await fillSlowly();
  if (turn !== queue.turn) return undefined; // another was opened meanwhile
  if (place && !goTo(place)) {
    const [start, end] = place.place.split("-").map(Number);
    insert({ article: place.article, start, end, sha: "", queue: name, settling: isSettling(name) });
  }
  if (!place && name === "article") goTo(null);
  await show();
  if (!pane.hidden) pane.focus({ preventScroll: true });
  return undefined;
}

/** Take up the work of somebody: how far they are, the queues, and what the address asks for. */
async function enter() {
  byId("who").hidden = false;
  byId("who-name").textContent = annotator.get();
  const { turn } = queue;
  const slow = setTimeout(() => turn === queue.turn && last("Reading the articles \u2026"), SLOW);
  const [today] = await Promise.all([ask("GET", query("/api/today", { annotator: annotator.get() })), refreshQueues()]).finally(() => clearTimeout(slow));
  state.savedToday = today.saved;
  if (turn !== queue.turn) return; // an article was added before the queues were counted
  const { name, filters, place } = fromAddress();
  await openQueue(name, filters, place);
}

/** A button that gives the keyboard back to the text after a click of the mouse. */
function onClick(id, action) {
  byId(id).addEventListener("click", async (event) => {
    await action();
    if (event.detail) keepFocus();
  });
}

function watchButtons() {
  watchChoice((event) => {
    fault("");
    if (event.detail) keepFocus();
  });
  onClick("save", save);
  onClick("skip", skip);
  onClick("undo", undo);
  byId("unsure").addEventListener("click", toggleUnsure);
  byId("note-open").addEventListener("click", () => openNote(byId("note-field").hidden, true));
  byId("rename").addEventListener("click", () => askName(enter));
  watchFault();
  watchMode(changedMode);
  watchFilters((filters) => openQueue("search", filters));
  watchNew((id) => openQueue("article", { article: id }).then(recount));
}

function main() {
  watchLayout();
  watchGuide();
  watchButtons();
  const choose = (action) => (given) => isIn("task") && !state.busy && (action(given), fault(""));
  watchKeys({
    save,
    skip,
    undo,
    voice: choose(voice),
    topic: choose((key) => (toggle(key), bringForward(key))),
    none: choose(toggleNone),
    unsure: choose(toggleUnsure),
    note: choose(() => openNote(true, true)),
  });
  watchRetrain(() => {
    forgetSeen();
    state.soon = null;
    recount();
  });
  if (annotator.get()) enter().catch((error) => rest(error.message));
  else askName(enter);
}

main();
