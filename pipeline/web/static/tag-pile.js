// The list of articles above the text when there are several: one stop of the Tab key, arrow keys from there.

import { badge, el } from "./common.js";
import { many, summary } from "./tag-verdict.js";

/** Draw the list; `open(place)` opens an article. Returns a function that brings it up to date. */
export function drawPile(root, state, open) {
  root.hidden = state.articles.length < 2;
  if (root.hidden) return () => {};
  const step = (by) => open((state.shown + by + state.articles.length) % state.articles.length);
  const where = el("span", { class: "small number" });
  const rows = state.articles.map((article, place) => {
    const tags = el("span", { class: "pile-tags" });
    const button = el("button", { type: "button", onclick: () => open(place) }, el("span", { class: "pile-name" }, article.record.title || article.id), tags);
    return { article, button, tags, signature: null };
  });
  const list = el("ol", { class: "pile-list" }, rows.map(({ button }) => el("li", {}, button)));
  list.addEventListener("keydown", (event) => walk(event, rows));
  root.replaceChildren(
    el(
      "div",
      { class: "pile-head" },
      el("h2", {}, many(state.articles.length, "article")),
      where,
      el("button", { class: "plain", type: "button", onclick: () => step(-1) }, "Previous", el("span", { class: "unseen" }, " article")),
      el("button", { class: "plain", type: "button", onclick: () => step(1) }, "Next", el("span", { class: "unseen" }, " article")),
    ),
    list,
  );
  const refresh = () => {
    where.textContent = `${state.shown + 1} of ${state.articles.length}`;
    rows.forEach((row, place) => refreshRow(row, place === state.shown, state, list));
  };
  refresh();
  return refresh;
}

function refreshRow(row, current, state, list) {
  const { button } = row;
  if (current) {
    button.setAttribute("aria-current", "true");
    const top = button.offsetTop; // the list is what it is placed in
    if (top < list.scrollTop || top + button.offsetHeight > list.scrollTop + list.clientHeight) list.scrollTop = top;
  } else button.removeAttribute("aria-current");
  button.tabIndex = current ? 0 : -1;
  const found = summary(row.article.record, state.thresholds);
  const signature = JSON.stringify([found.reason, found.yes, found.review]);
  if (signature === row.signature) return;
  row.signature = signature;
  const signs = [...found.yes.map((key) => sign(key, false, state)), ...found.review.map((key) => sign(key, true, state))];
  const none = el("span", { class: "none" }, found.reason ? "not judged" : "no topics");
  row.tags.replaceChildren(...(found.reason || !signs.length ? [none] : signs.flat()));
}

function sign(key, review, state) {
  const topic = state.byKey[key];
  const letter = badge(topic);
  if (review) {
    letter.append("?");
    letter.classList.add("open");
  }
  return [letter, el("span", { class: "unseen" }, ` ${topic.name}${review ? ", left for review" : ""} `)];
}

function walk(event, rows) {
  const here = rows.findIndex(({ button }) => button === document.activeElement);
  const to = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: rows.length - 1 }[event.key];
  if (here < 0 || to === undefined || !rows[to]) return;
  event.preventDefault();
  rows[to].button.focus();
}
