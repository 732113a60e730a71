// The tag page: from a text or files to topics, and from there to downloads and to the label page.

import { ask, grouped, sentence as asSentence, topics as knownTopics } from "./common.js";
import { hide, watch } from "./tag-card.js";
import { download } from "./tag-export.js";
import { addEvidence, tagFiles, tagOne, tagStored } from "./tag-input.js";
import { drawPile } from "./tag-pile.js";
import { drawRail } from "./tag-rail.js";
import { keep, labelAddress, openWrong, watchWrong } from "./tag-report.js";
import { drawText, nodeOf } from "./tag-text.js";
import { many, summary, verdictWords } from "./tag-verdict.js";

const byId = (id) => document.getElementById(id);
const still = window.matchMedia("(prefers-reduced-motion: reduce)");
const state = { topics: [], byKey: {}, names: {}, curves: {}, articles: [], shown: 0, thresholds: {}, selected: null, whyNot: {} };
const SLOW = 200; // milliseconds after which it is shown that the page works
const signal = { stopped: false };
let refreshers = [];
let drawnPile = null;
let busy = false;

/** Show a sentence where it is needed, or take it away. */
function fault(place, sentence) {
  byId(place).textContent = asSentence(sentence);
  byId(place).hidden = !sentence;
}

/** How far a long task is. */
function step(done, whole, noun) {
  byId("stop").hidden = noun === "read";
  byId("progress").hidden = false;
  byId("progress-bar").max = whole;
  byId("progress-bar").value = done;
  byId("progress-words").textContent = `${done} of ${whole} ${noun}`;
}

/** That something is under way of which nobody knows how long it takes. */
function pending() {
  byId("progress").hidden = false;
  byId("progress-bar").removeAttribute("value");
  byId("progress-words").textContent = "Tagging \u2026";
}

/** Do what takes time: one thing at once, shown on its button, an error told beside it. */
async function work(place, task, button = byId("go")) {
  if (busy) return;
  busy = true;
  signal.stopped = false;
  fault("fault", "");
  fault("trouble", "");
  button.setAttribute("aria-busy", "true");
  const slow = setTimeout(() => byId("progress").hidden && pending(), SLOW);
  try {
    await task();
  } catch (error) {
    fault(place, error.message);
  } finally {
    busy = false;
    clearTimeout(slow);
    button.removeAttribute("aria-busy");
    byId("stop").hidden = true;
    byId("progress").hidden = true;
  }
}

/** What every article needs: the topics, and what their thresholds cost. */
async function prepare() {
  if (state.topics.length) return;
  const found = await knownTopics();
  state.curves = await ask("GET", "/api/curves");
  state.byKey = Object.fromEntries(found.map((topic) => [topic.key, topic]));
  state.names = Object.fromEntries(found.map((topic) => [topic.key, topic.name]));
  state.topics = found;
}

async function tagText() {
  const text = byId("text").value;
  if (!text.trim()) {
    byId("text").focus();
    throw new Error("there is nothing to tag yet: paste an article, or choose files");
  }
  await prepare();
  const same = state.articles.length === 1 && state.articles[0].text === text;
  const stored = same ? state.articles[0].stored : undefined;
  show([{ ...(await tagOne(text, stored ?? "text")), stored }]);
}

async function tagGiven(files) {
  if (!files.length) return;
  await prepare();
  const { articles, remarks } = await tagFiles(files, step, signal);
  if (articles.length === 1) byId("text").value = articles[0].text;
  show(articles);
  fault("trouble", remarks.join(" "));
}

async function tagNamed(id) {
  await prepare();
  const article = await tagStored(id);
  byId("text").value = article.text;
  show([article]);
}

/** Show articles that were tagged, the first of them opened. */
function show(articles) {
  Object.assign(state, { articles, thresholds: {} });
  const stored = articles.length === 1 ? articles[0].stored : undefined;
  history.replaceState(null, "", stored ? `/?${new URLSearchParams({ article: stored })}` : "/");
  byId("edit").hidden = articles.length > 1;
  turn(true);
  open(0);
  byId("verdict").focus({ preventScroll: true });
  window.scrollTo(0, 0);
  if (articles.length > 1) byId("announce").prepend(`${articles.length} articles were tagged. `);
}

/** From the form to the tags, or back to it. */
function turn(tagged) {
  byId("start").hidden = tagged;
  byId("tagged").hidden = !tagged;
  byId("back").hidden = tagged || !state.articles.length;
  hide();
}

/** Open one of the articles; its evidence follows when it has none yet. */
async function open(place) {
  hide();
  Object.assign(state, { shown: place, selected: null, whyNot: {} });
  const article = state.articles[place];
  const evidence = () => withEvidence(article);
  const actions = { changed: refresh, evidence, jump, wrong: (paragraph) => openWrong(article, paragraph, state) };
  if (drawnPile?.articles !== state.articles) drawnPile = { articles: state.articles, refresh: drawPile(byId("pile"), state, open) };
  refreshers = [drawRail(byId("rail"), article, state, actions), drawText(byId("words"), article, state, actions), drawnPile.refresh, head];
  head();
  drawnPile.refresh();
  byId("announce").textContent = byId("verdict").textContent;
  if (article.evidence) return;
  await evidence();
  if (state.articles[state.shown] === article) refresh();
}

async function withEvidence(article) {
  try {
    await addEvidence(article);
  } catch (error) {
    fault("trouble", error.message);
  }
}

function refresh() {
  refreshers.forEach((one) => one());
}

/** The verdict in words and what it rests on. */
function head() {
  const article = state.articles[state.shown];
  const { record } = article;
  const found = summary(record, state.thresholds);
  const moved = Object.keys(state.thresholds).length > 0;
  const about = [record.title ? article.stored ?? (article.id === "text" ? "" : article.id) : article.id, record.date, record.place, record.agency];
  byId("whose").textContent = about.filter((fact) => fact && fact !== "text").join(" \u00b7 ");
  byId("whose").hidden = !byId("whose").textContent;
  byId("verdict").textContent = verdictWords(found, state.names);
  const tagged = record.paragraphs.filter((p) => p.topics.some((v) => v.probability >= (state.thresholds[v.topic] ?? v.threshold))).length;
  const left = record.paragraphs.length - found.judged;
  const counts = [`${grouped(tagged)} of ${many(found.judged, "paragraph")} with a topic`, left && `${grouped(left)} not judged`, moved && "at your thresholds"];
  byId("facts").textContent = found.reason
    ? "Only English text of three words or more is judged, so nothing is said of its topics."
    : counts.filter(Boolean).join(", ");
  byId("tagged").classList.toggle("unjudged", Boolean(found.reason));
  byId("label").hidden = Boolean(found.reason);
}

/** Bring a paragraph into view and let it be seen that it is meant. */
function jump(paragraph) {
  const node = nodeOf(state.articles[state.shown].record.paragraphs.indexOf(paragraph));
  node.scrollIntoView({ block: "center", behavior: still.matches ? "auto" : "smooth" });
  (node.querySelector("mark[tabindex='0']") ?? node.querySelector("button")).focus({ preventScroll: true });
}

/** Everything cleared for the next article. */
function anew() {
  Object.assign(state, { articles: [], thresholds: {} });
  history.replaceState(null, "", "/");
  byId("text").value = "";
  byId("files").value = "";
  for (const place of ["fault", "trouble"]) fault(place, "");
  byId("announce").textContent = "";
  turn(false);
  byId("text").focus();
}

async function toLabel() {
  const id = await keep(state.articles[state.shown]);
  if (state.articles.length === 1) history.replaceState(null, "", `/?${new URLSearchParams({ article: id })}`);
  window.location.assign(labelAddress(id));
}

/** Files dropped anywhere are tagged; a text that is dragged goes where text goes. */
function watchDrops() {
  let depth = 0;
  const files = (event) => event.dataTransfer?.types.includes("Files");
  const on = (name, act) => document.addEventListener(name, (event) => files(event) && act(event));
  on("dragenter", () => (byId("drop").hidden = ++depth < 1));
  on("dragleave", () => (byId("drop").hidden = --depth < 1));
  on("dragover", (event) => event.preventDefault());
  on("drop", (event) => {
    event.preventDefault();
    depth = 0;
    byId("drop").hidden = true;
    const given = [...event.dataTransfer.files];
    work(byId("start").hidden ? "trouble" : "fault", () => tagGiven(given));
  });
}

function watchButtons() {
  const click = (id, act) => byId(id).addEventListener("click", act);
  byId("start").addEventListener("submit", (event) => {
    event.preventDefault();
    work("fault", tagText);
  });
  byId("text").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) work("fault", tagText);
  });
  byId("files").addEventListener("change", () => {
    const given = [...byId("files").files];
    byId("files").value = "";
    work("fault", () => tagGiven(given));
  });
  click("stop", () => (signal.stopped = true));
  click("new", anew);
  click("edit", () => {
    turn(false);
    byId("text").focus();
  });
  click("back", () => {
    turn(true);
    byId("verdict").focus();
  });
  click("label", () => work("trouble", toLabel, byId("label")));
  for (const button of document.querySelectorAll("[data-format]")) {
    button.addEventListener("click", () => work("trouble", () => download(state.articles, button.dataset.format, state.thresholds), button));
  }
}

watch(byId("words"));
watchWrong();
watchDrops();
watchButtons();
if (/Mac|iPhone|iPad/.test(navigator.platform)) byId("chord").textContent = "\u2318 \u21b5";
const named = new URLSearchParams(window.location.search).get("article");
if (named) work("fault", () => tagNamed(named));
