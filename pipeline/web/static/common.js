// What all pages share: asking the server, building elements from text, saying what happened.

/** Ask the server; resolves to the decoded answer, rejects with an Error whose message is the problem's sentence. */
export async function ask(method, address, body) {
  const request = { method, headers: {} };
  if (body instanceof FormData) request.body = body;
  else if (body !== undefined) {
    request.headers["Content-Type"] = "application/json";
    request.body = JSON.stringify(body);
  }
  let answer;
  try {
    answer = await fetch(address, request);
  } catch {
    throw new Error("the server does not answer; is threat-topics serve still running?");
  }
  // JSON Lines is a file to keep, not an answer to decode.
  if (answer.ok) return /[/+]json\b/.test(answer.headers.get("Content-Type") ?? "") ? answer.json() : answer.blob();
  const problem = await answer.json().catch(() => ({}));
  const error = new Error(problem.detail ?? `${answer.status} ${answer.statusText}`);
  error.status = answer.status;
  throw error;
}

/** An address with a query; values that are empty are left out. */
export function query(address, values) {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== "");
  return given.length ? `${address}?${new URLSearchParams(given)}` : address;
}

/** An element with attributes, listeners ("onclick": function) and children; texts become text, never markup. */
export function el(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key === "class") made.className = value;
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

/** The letter of a topic on its colour. */
export function badge(topic) {
  return el("span", { class: `badge t${topic.tone}`, "aria-hidden": "true" }, topic.letter);
}

/** A bar: share and mark are 0 to 1. */
export function meter(share, mark, tone) {
  const made = el("div", { class: tone === undefined ? "meter" : `meter t${tone}`, "aria-hidden": "true" });
  made.style.setProperty("--share", share);
  if (mark !== undefined) made.style.setProperty("--mark", mark);
  return made;
}

/** A probability in two digits that claims no certainty, as on the terminal. */
export function chance(p) {
  const shown = p.toFixed(2);
  if (shown === "1.00" && p < 1) return ">0.99";
  return shown === "0.00" && p > 0 ? "<0.01" : shown;
}

/** A message as it begins and ends; what begins with a path or a value keeps its first letter. */
export function sentence(words) {
  const said = words.replace(/^threat-topics: /, "");
  const begun = /^\p{Ll}+[\s,;:]/u.test(said) ? said[0].toUpperCase() + said.slice(1) : said;
  return begun && !/[.!?\u2026]$/.test(begun) ? `${begun}.` : begun;
}

/** A count with its thousands apart, as on the review page. */
export function grouped(count) {
  return count.toLocaleString("en");
}

/** Say what happened, for the eye and for screen readers; a message is a text, or a list of texts and elements. */
export function say(message, seconds = 5) {
  const toast = el("p", { class: "toast" }, message);
  document.getElementById("status").append(toast);
  setTimeout(() => toast.remove(), seconds * 1000);
}

/** The name this browser's annotator goes by; "" until it is given. */
export const annotator = {
  get: () => localStorage.getItem("annotator") ?? "",
  set: (name) => localStorage.setItem("annotator", name.trim()),
};

/** The topics of the codebook, asked for once. */
let known;
export function topics() {
  known ??= ask("GET", "/api/topics");
  return known;
}

/** Whether the server answered with a no, to which asking again changes nothing. */
export function isRefusal({ status }) {
  return status >= 400 && status < 500;
}
