// The text of parts of a JSON document, as they stand there: hashes are of the text, and a copy that
// was read and written again may have another (numbers as names change their order).
//
// For text that `JSON.parse` takes.

const SPACE = /[ \t\r\n]*/y;
const STRING = /"(?:[^"\\]|\\.)*"/y;
const PLAIN = /[^\s,:[\]{}"]+/y;

function match(pattern, text, at) {
  pattern.lastIndex = at;
  return at + (pattern.exec(text)?.[0].length ?? 0);
}

const space = (text, at) => match(SPACE, text, at);

/** Where the value that begins at `at` ends. */
function endOf(text, at) {
  if (text[at] === '"') return match(STRING, text, at);
  if (text[at] !== "{" && text[at] !== "[") return match(PLAIN, text, at);
  let depth = 0;
  for (;;) {
    const c = text[at];
    if (c === '"') at = match(STRING, text, at) - 1;
    else if (c === "{" || c === "[") depth++;
    else if ((c === "}" || c === "]") && --depth === 0) return at + 1;
    at++;
  }
}

/** The text of the member `name` of an object's text, or undefined. Of several the last one. */
export function memberSource(object, name) {
  let found;
  for (let at = space(object, 1); object[at] === '"'; ) {
    const key_end = endOf(object, at);
    const key = JSON.parse(object.slice(at, key_end));
    const start = space(object, space(object, key_end) + 1);
    const end = endOf(object, start);
    if (key === name) found = object.slice(start, end);
    at = space(object, space(object, end) + 1);
  }
  return found;
}

/** The texts of the elements of an array's text. */
export function elementSources(array) {
  const found = [];
  for (let at = space(array, 1); at < array.length && array[at] !== "]"; ) {
    const end = endOf(array, at);
    found.push(array.slice(at, end));
    at = space(array, space(array, end) + 1);
  }
  return found;
}
