// "This is wrong": what a paragraph really has, sent to the labelling queue; and an article put into the project for it.

import { annotator, ask, badge, el, query, say, sentence as asSentence } from "./common.js";
import { YES, tagsOf } from "./tag-verdict.js";

const part = (name) => document.getElementById(`wrong-${name}`);
const dialog = document.getElementById("wrong");
let open = null;

/** Put an article into the project, once; resolves to its id there. */
export async function keep(article) {
  if (!article.stored) {
    const body = { text: article.text };
    if (article.record.title) body.title = article.record.title.slice(0, 1000);
    article.stored = (await ask("POST", "/api/articles", body)).id;
  }
  return article.stored;
}

/** Open the dialog for a paragraph; the boxes are ticked as the model, not the reader's thresholds, tags it. */
export function openWrong(article, paragraph, state) {
  const tags = tagsOf(paragraph, {}).filter(([, said]) => said === YES);
  const has = new Set(tags.map(([verdict]) => verdict.topic));
  open = { article, paragraph, has };
  part("quote").textContent = paragraph.text;
  part("topics").replaceChildren(
    ...state.topics.map((topic) => {
      const box = el("input", { type: "checkbox", value: topic.key });
      box.checked = has.has(topic.key);
      return el("label", { class: `check t${topic.tone}` }, box, badge(topic), topic.name);
    }),
  );
  part("note").value = "";
  part("name").value = annotator.get();
  fault("");
  dialog.showModal();
}

/** Make the dialog's buttons work. */
export function watchWrong() {
  part("cancel").addEventListener("click", () => dialog.close());
  dialog.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
}

function fault(sentence) {
  part("fault").textContent = asSentence(sentence);
  part("fault").hidden = !sentence;
}

/** The topics whose box differs from the tag: those are held to be wrong, or missing. */
function differing() {
  const boxes = [...part("topics").querySelectorAll("input")];
  return boxes.filter((box) => box.checked !== open.has.has(box.value)).map((box) => box.value);
}

async function send() {
  const { article, paragraph } = open;
  const topics = differing();
  const note = part("note").value.trim();
  if (!topics.length && !note) return fault("Tick what it really has, or write a note: nothing differs from the tags yet.");
  if (!part("name").value.trim()) {
    part("name").focus();
    return fault("Write your name, so that the queue knows who reported it.");
  }
  annotator.set(part("name").value);
  part("send").disabled = true;
  try {
    const id = await keep(article);
    const place = await placeOf(id, paragraph);
    await ask("POST", "/api/report", { annotator: annotator.get(), article: id, ...place, topics, note });
    dialog.close();
    say(["Sent to the labelling queue. ", el("a", { href: "/label?queue=reported" }, "See it there")], 12);
  } catch (error) {
    fault(error.message);
  } finally {
    part("send").disabled = false;
  }
  return undefined;
}

/** Start, end and hash of a paragraph as the project has it. */
async function placeOf(id, paragraph) {
  const stored = await ask("GET", `/api/articles/${encodeURIComponent(id)}`);
  const found = stored.paragraphs.find(({ start, end }) => start === paragraph.start && end === paragraph.end);
  if (!found) throw new Error(`article ${id} has no such paragraph in the project; tag the article anew`);
  return { start: found.start, end: found.end, sha: found.sha };
}

/** Where all paragraphs of an article are labelled. */
export function labelAddress(id) {
  return query("/label", { queue: "article", article: id });
}
