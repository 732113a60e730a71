// The rail: one row a topic with its bar, its threshold to move, what that would change, and why a topic missed.

import { badge, chance, el, meter } from "./common.js";
import { changeWords, costWords, many, summary } from "./tag-verdict.js";
import { whyNot } from "./tag-whynot.js";

const narrow = window.matchMedia("screen and (max-width: 60rem)");

/**
 * Draw the rail of an article. `actions`: changed() after a threshold or a selection, evidence() resolves when the
 * article has its evidence, jump(paragraph). Returns a function that brings it up to date.
 */
export function drawRail(root, article, state, actions) {
  const rows = state.topics.filter(({ threshold }) => threshold !== null).map((topic) => row(topic, article, state, actions));
  const { model } = article.record;
  const reset = el("button", { class: "plain", type: "button", onclick: () => resetAll(rows, state, actions) }, "Reset all");
  const body = el("div", { class: "tunes" });
  const tune = el("details", { class: "tune" }, el("summary", {}, "Move the thresholds"), body);
  root.replaceChildren(
    el("div", { class: "rail-head" }, el("h2", { id: "rail-heading" }, "Topics"), reset),
    el("p", { class: "hint small" }, "Press a topic to see its words in the text. Drag its mark to move its threshold."),
    el("ul", { class: "topics" }, rows.map(({ node }) => node)),
    tune,
    el("p", { class: "model small" }, `Model ${model.name} ${model.version}, ${model.sha256.slice(0, 8)}`),
  );
  const settle = () => rows.forEach((one) => (narrow.matches ? body : one.track).append(one.slide));
  narrow.onchange = settle;
  settle();
  const refresh = () => {
    const found = summary(article.record, state.thresholds);
    rows.forEach((one) => refreshRow(one, found, article, state));
    reset.hidden = !Object.keys(state.thresholds).length;
    root.classList.toggle("selecting", state.selected !== null);
  };
  refresh();
  return refresh;
}

function resetAll(rows, state, actions) {
  state.thresholds = {};
  rows.forEach((one) => (one.range.value = one.topic.threshold));
  actions.changed();
  rows[0].pick.focus();
}

/** The parts of a topic's row; what they say is filled in by refreshRow. */
function row(topic, article, state, actions) {
  const one = { topic, article, state, actions };
  one.count = el("span", { class: "count" });
  one.value = el("span", { class: "number value" });
  one.pick = el("button", { class: "pick", type: "button", "aria-pressed": "false", onclick: () => select(one) });
  one.pick.append(badge(topic), el("span", { class: "name" }, topic.name), one.count, one.value);
  one.meter = meter(0, topic.threshold);
  one.track = el("div", { class: "track" }, one.meter);
  slider(one);
  one.needs = el("span", { class: "needs number" });
  one.reset = el("button", { class: "plain", type: "button", onclick: () => reset(one) }, "Reset", el("span", { class: "unseen" }, ` ${topic.name}`));
  one.why = el("button", { class: "plain", type: "button", "aria-expanded": "false", onclick: () => toggleWhy(one) }, "Why not?", el("span", { class: "unseen" }, ` ${topic.name}`));
  one.effect = el("p", { class: "effect" });
  one.cost = el("p", { class: "cost" });
  one.place = el("div", { class: "whynot", hidden: true });
  one.node = el("li", { class: `topic t${topic.tone}` }, one.pick, one.track, el("div", { class: "under" }, one.needs, one.reset, one.why), one.effect, one.cost, one.place);
  return one;
}

function slider(one) {
  const { topic, state, actions } = one;
  one.range = el("input", { type: "range", min: "0", max: "1", step: "0.01", id: `threshold-${topic.key}` });
  one.range.value = state.thresholds[topic.key] ?? topic.threshold;
  one.read = el("output", { class: "number", for: one.range.id });
  one.slide = el("div", { class: `slide t${topic.tone}` }, el("label", { for: one.range.id }, badge(topic), ` ${topic.name}, threshold`), one.read, one.range);
  one.range.addEventListener("input", () => {
    state.thresholds[topic.key] = Number(one.range.value);
    actions.changed();
  });
}

function refreshRow(one, found, article, state) {
  const { topic } = one;
  const top = found.top[topic.key];
  const cut = state.thresholds[topic.key] ?? topic.threshold;
  const moved = state.thresholds[topic.key] !== undefined;
  const has = found.yes.includes(topic.key);
  const review = found.review.includes(topic.key);
  one.node.classList.toggle("got", has);
  one.node.classList.toggle("chosen", state.selected === topic.key);
  one.pick.setAttribute("aria-pressed", String(state.selected === topic.key));
  one.count.textContent = has ? many(found.count[topic.key], "paragraph") : review ? "left for review" : "";
  one.value.textContent = top ? chance(top.verdict.probability) : "\u2013";
  one.meter.style.setProperty("--share", top?.verdict.probability ?? 0);
  one.meter.style.setProperty("--mark", cut);
  const band = topic.review < topic.threshold ? `, review from ${topic.review.toFixed(2)}` : "";
  one.needs.textContent = `Threshold ${cut.toFixed(2)}${moved ? `, was ${topic.threshold.toFixed(2)}` : band}`;
  one.read.textContent = cut.toFixed(2);
  one.reset.hidden = !moved;
  one.effect.textContent = changeWords([article.record], topic.key, state.thresholds);
  one.range.setAttribute("aria-valuetext", [cut.toFixed(2), one.effect.textContent].filter(Boolean).join(": "));
  one.cost.textContent = moved || state.selected === topic.key ? costWords(state.curves[topic.key], cut) : "";
  one.why.hidden = has || !top;
  if (one.why.hidden) close(one);
  else if (!one.place.hidden) fill(one);
}

function select(one) {
  const { state, topic } = one;
  state.selected = state.selected === topic.key ? null : topic.key;
  one.actions.changed({ selected: state.selected });
}

function reset(one) {
  delete one.state.thresholds[one.topic.key];
  one.range.value = one.topic.threshold;
  one.actions.changed();
  one.pick.focus();
}

async function toggleWhy(one) {
  if (!one.place.hidden) {
    close(one);
    one.actions.changed();
    return;
  }
  await one.actions.evidence();
  const { paragraph } = summary(one.article.record, one.state.thresholds).top[one.topic.key];
  one.state.whyNot[one.topic.key] = paragraph.id;
  one.state.selected = one.topic.key;
  one.place.hidden = false;
  one.why.setAttribute("aria-expanded", "true");
  one.actions.changed();
}

function fill(one) {
  const { article, state, topic } = one;
  one.place.replaceChildren(...whyNot(article, topic, state, one.actions));
}

function close(one) {
  if (one.state.selected === one.topic.key && one.state.whyNot[one.topic.key]) one.state.selected = null;
  delete one.state.whyNot[one.topic.key];
  one.place.hidden = true;
  one.place.replaceChildren();
  one.why.setAttribute("aria-expanded", "false");
}
