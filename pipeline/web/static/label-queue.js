// Which paragraphs come, in which order: the queues at the side, their filters, and the tasks of the one that is open.

import { annotator, ask, el, grouped, query } from "./common.js";

const byId = (id) => document.getElementById(id);
const NAMES = {
  reported: "Reported",
  uncertain: "Uncertain",
  random: "Random sample",
  doubtful: "Doubtful labels",
  disagreements: "Disagreements",
  search: "Search",
  article: "One article",
};
const FILTERS = ["text", "topic", "source", "since", "until", "by"];
const STAYING = ["search", "article"]; // what is judged does not leave these
const PAGE = { draining: 50, staying: 200 };
const form = byId("filters");
let about = {}; // queue -> {about, count, settling}, as the server tells

/** The open queue: its name, filters ("article" is one of them), its tasks, and how many there are in all. */
export const queue = { turn: 0, name: "uncertain", filters: {}, tasks: [], at: 0, left: 0, offset: 0, remark: "" };

/** The task in question, if there is one. */
export function current() {
  return queue.tasks[queue.at] ?? null;
}

/** Name of a queue for people. */
export function nameOfQueue(name) {
  return NAMES[name] ?? name;
}

/** Whether something asked for in "search" narrows it. */
export function isNarrowed() {
  return FILTERS.some((name) => queue.filters[name]);
}

/** Ask for the queue's tasks from an offset on; an answer that comes when another queue was opened (a later turn) is dropped. */
export async function fill(offset = 0) {
  const { name, filters, turn } = queue;
  const address = query(`/api/queue/${encodeURIComponent(name)}`, { ...filters, annotator: annotator.get(), limit: pageSize(), offset });
  const told = await ask("GET", address);
  if (turn !== queue.turn) return;
  queue.tasks = told.tasks.map((task) => ({ ...task, queue: name, settling: Boolean(about[name]?.settling) }));
  Object.assign(queue, { at: 0, left: told.left, offset, remark: told.remark });
}

function pageSize() {
  return STAYING.includes(queue.name) ? PAGE.staying : PAGE.draining;
}

/** Go to the next task; false where the queue holds no more. */
export async function advance() {
  if (!STAYING.includes(queue.name) && !current()?.extra) queue.left = Math.max(0, queue.left - 1);
  queue.at += 1;
  if (queue.at < queue.tasks.length) return true;
  if (!STAYING.includes(queue.name)) await fill();
  else if (queue.offset + queue.tasks.filter((task) => !task.extra).length < queue.left) await fill(queue.offset + pageSize());
  return queue.at < queue.tasks.length;
}

/** Put a task before the one in question: one that was undone, or that an address names. */
export function insert(task) {
  queue.tasks.splice(queue.at, 0, { why: "", topics: [], judged: false, kind: "text", extra: true, ...task });
}

/** In the open queue go to a paragraph, or in an article to the first that is not judged; false if it is not there. */
export function goTo(place) {
  const found = queue.tasks.findIndex((task) => (place ? `${task.start}-${task.end}` === place.place && task.article === place.article : !task.judged));
  if (found < 0) return false;
  if (STAYING.includes(queue.name)) queue.at = found;
  else if (found) queue.tasks.unshift(...queue.tasks.splice(found, 1));
  return true;
}

/** In a queue from which nothing leaves, go back to a paragraph it holds; false in others. */
export function goBack({ article, start, end }) {
  return STAYING.includes(queue.name) && goTo({ article, place: `${start}-${end}` });
}

/** How far one is, in words. */
export function leftWords() {
  if (queue.name === "article" || queue.name === "search") {
    const seen = queue.tasks.slice(0, queue.at + 1).filter((task) => !task.extra).length;
    const place = Math.min(queue.offset + Math.max(1, seen), queue.left);
    return queue.left ? `${grouped(place)} of ${grouped(queue.left)} in this queue` : "";
  }
  return `${grouped(queue.left)} left in this queue`;
}

/** The other queues in which something waits, most urgent first. */
export function waiting() {
  return ["reported", "disagreements", "uncertain", "random"].filter((name) => name !== queue.name && about[name]?.count > 0);
}

/** Whether decisions in a queue settle what annotators said. */
export function isSettling(name) {
  return Boolean(about[name]?.settling);
}

/** Ask what the queues hold; throws where the annotator's name is none. */
export async function refreshQueues(name = annotator.get()) {
  const told = await ask("GET", query("/api/queues", { annotator: name }));
  about = Object.fromEntries(told.map((one) => [one.queue, one]));
}

/** Draw the list; `open(name)` is called where one is chosen. */
export function drawQueues(open) {
  const rows = Object.entries(about).map(([name, one]) => {
    const here = name === queue.name;
    const count = here && !STAYING.includes(name) ? queue.left : one.count;
    return el(
      "li",
      {},
      el(
        "button",
        { type: "button", class: "queue", "aria-current": here ? "true" : null, "data-queue": name, onclick: () => open(name) },
        el("span", { class: "queue-name" }, nameOfQueue(name)),
        el("span", { class: "queue-count number" }, count === null ? "" : grouped(count)),
        el("span", { class: "queue-about" }, one.about),
      ),
    );
  });
  const focused = document.activeElement?.dataset?.queue;
  byId("queues").replaceChildren(...rows);
  if (focused) byId("queues").querySelector(`[data-queue="${CSS.escape(focused)}"]`)?.focus();
  form.hidden = queue.name !== "search";
}

/** Let the search be asked; `search(filters)` gets what is wanted. */
export function watchFilters(search) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    search(Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, value.trim()]).filter(([, value]) => value)));
  });
}

/** Show what is asked for in the form. */
export function fillForm() {
  for (const name of FILTERS) form.elements[name].value = queue.filters[name] ?? "";
}

/** What an address asks for: {name, filters, place: {article, place} | null}. */
export function fromAddress() {
  const asked = new URLSearchParams(location.search);
  const article = asked.get("article") ?? "";
  const place = /^\d+-\d+$/.test(asked.get("paragraph") ?? "") ? asked.get("paragraph") : "";
  const name = NAMES[asked.get("queue")] ? asked.get("queue") : article ? "article" : "uncertain";
  const filters = Object.fromEntries(FILTERS.map((key) => [key, asked.get(key) ?? ""]).filter(([, value]) => value));
  if (name === "article") filters.article = article;
  return { name, filters: name === "search" || name === "article" ? filters : {}, place: article && place ? { article, place } : null };
}

/** Let the address name the task in question, so that a reload comes back to it. */
export function toAddress() {
  const task = current();
  const place = task ? { article: task.article, paragraph: `${task.start}-${task.end}` } : {};
  history.replaceState(null, "", query("/label", { queue: queue.name, ...queue.filters, ...place }));
}
