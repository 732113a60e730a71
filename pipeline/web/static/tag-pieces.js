// An article cut into what a reader sees: paragraphs, the furniture between and around them, and runs of evidence.
// The server counts characters by code points, JavaScript by UTF-16 units; both meet here and nowhere else.

const LEAST = 0.2; // letters with a smaller share of a score are not marked, unless it is half of the greatest
const LISTED = 0.05; // nor is a smaller one listed on a card
const STEPS = [0.5, 1.2, 2.5]; // log-odds at which a mark is drawn one step stronger

/** A function from code points to places in a JavaScript string. */
export function placesIn(text) {
  if (!/[\ud800-\udfff]/.test(text)) return (point) => point;
  const places = [];
  let place = 0;
  for (const sign of text) {
    places.push(place);
    place += sign.length;
  }
  places.push(place);
  return (point) => places[Math.min(point, places.length - 1)];
}

/**
 * The article in order: {furniture} or {paragraph, number, lead, tail}, where lead and tail are furniture on the lines
 * of the paragraph itself, such as a dateline. Where the text is not the one the server cut (it mends broken letters),
 * the paragraphs come alone.
 */
export function pieces(record, text) {
  const whole = text.replace(/^\ufeff/, "").replace(/\r\n?/g, "\n");
  const at = placesIn(whole);
  const fits = record.paragraphs.every((p) => whole.slice(at(p.start), at(p.end)) === p.text);
  const made = record.paragraphs.map((paragraph, number) => ({ paragraph, number, lead: "", tail: "" }));
  if (!fits) return made;
  const found = [];
  let from = 0;
  made.forEach((piece, i) => {
    gap(whole.slice(from, at(piece.paragraph.start)), made[i - 1], piece, found);
    found.push(piece);
    from = at(piece.paragraph.end);
  });
  gap(whole.slice(from), made.at(-1), null, found);
  return found;
}

/** Deal the text between two paragraphs out: to the line before, the line after, and furniture of its own. */
function gap(between, before, after, found) {
  const lines = between.split("\n");
  if (before) before.tail = lines.shift();
  if (after && lines.length) after.lead = lines.pop();
  const rest = lines.map((line) => line.trim()).filter(Boolean);
  if (rest.length) found.push({ furniture: rest.join("\n") });
}

/**
 * Runs of letters on which evidence for a topic lies, in order: {start, end, weight, step, terms}.
 * Terms that overlap (a word, its stem, a listed phrase) make one run; terms on the same letters are added up.
 */
export function runs(text, evidence) {
  const at = placesIn(text);
  const terms = together(evidence.map((term) => ({ ...term, start: at(term.start), end: at(term.end) })));
  const best = terms.reduce((most, { weight }) => Math.max(most, weight), 0);
  const scale = Math.min(1, best / STEPS.at(-1)); // a model of few labels has small weights throughout
  const marked = ({ weight }) => weight > 0 && weight >= Math.min(LEAST, best / 2);
  const found = [];
  for (const { start, end } of terms.filter(marked).sort((a, b) => a.start - b.start)) {
    const last = found.at(-1);
    if (last && start < last.end) last.end = Math.max(last.end, end);
    else found.push({ start, end });
  }
  for (const run of found) {
    const inside = terms.filter((term) => term.start < run.end && term.end > run.start);
    run.weight = inside.reduce((sum, { weight }) => sum + weight, 0);
    run.terms = inside.filter(({ weight }) => Math.abs(weight) >= LISTED);
    run.step = 1 + STEPS.filter((step) => run.weight >= step * scale).length;
  }
  return found;
}

/** Terms on the same letters added up, the weightiest first. */
function together(terms, keyOf = ({ start, end }) => `${start}-${end}`) {
  const sums = new Map();
  for (const term of terms) {
    const key = keyOf(term);
    sums.set(key, { ...term, weight: (sums.get(key)?.weight ?? 0) + term.weight });
  }
  return [...sums.values()].sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
}

/** The same words wherever they stand, added up: what spoke for a topic and what against, each strongest first. */
export function forAndAgainst(evidence) {
  const all = together(evidence, ({ text }) => text.toLowerCase()).filter(({ weight }) => Math.abs(weight) >= LISTED);
  return { pro: all.filter(({ weight }) => weight > 0), contra: all.filter(({ weight }) => weight < 0) };
}

/** A weight with its sign: "+3.59", "−0.40". */
export function signed(weight, digits = 2) {
  return `${weight < 0 ? "\u2212" : "+"}${Math.abs(weight).toFixed(digits)}`;
}
