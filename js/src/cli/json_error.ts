// Finds where a text stops being JSON, with line and column, and what was expected there.
//
// `JSON.parse` says so only in words that differ between versions, and not always with a place.

export interface JsonError {
  line: number;
  column: number;
  /** Where in the text. */
  at: number;
  found: string;
  expected: string;
}

/** Gives the first error of a text, or undefined when it is JSON (RFC 8259). */
export function jsonError(text: string): JsonError | undefined {
  const scanner = new Scanner(text);
  try {
    scanner.document();
    return undefined;
  } catch (error) {
    if (!(error instanceof Expected)) throw error;
    const { at } = scanner;
    return { ...place(text, at), at, found: found(text, at), expected: error.message };
  }
}

class Expected extends Error {}

const number = /-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const characters = /[^"\\\u0000-\u001f]+/y;
const escape = /\\(["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const depth_max = 1000;

class Scanner {
  at = 0;
  private readonly _text: string;

  constructor(text: string) {
    this._text = text;
  }

  document(): void {
    this._value(0);
    this._space();
    if (this.at < this._text.length) throw new Expected("the end of the document");
  }

  private _value(depth: number): void {
    this._space();
    if (depth > depth_max) throw new Expected(`at most ${depth_max} levels`);
    const first = this._text[this.at];
    if (first === "{") return this._list("}", depth, "a name in double quotes or }");
    if (first === "[") return this._list("]", depth, "a value or ]");
    if (first === '"') return this._string();
    for (const word of ["true", "false", "null"]) if (this._take(word)) return;
    if (!this._match(number)) throw new Expected("a value");
  }

  private _list(end: string, depth: number, first: string): void {
    this.at++;
    this._space();
    if (this._take(end)) return;
    if (end === "}" && this._text[this.at] !== '"') throw new Expected(first);
    do {
      if (end === "}") this._name();
      this._value(depth + 1);
      this._space();
    } while (this._take(","));
    if (!this._take(end)) throw new Expected(`, or ${end}`);
  }

  private _name(): void {
    this._space();
    if (this._text[this.at] !== '"') throw new Expected("a name in double quotes");
    this._string();
    this._space();
    if (!this._take(":")) throw new Expected(":");
  }

  private _string(): void {
    this.at++;
    while (this._match(characters) || this._match(escape));
    if (this._take('"')) return;
    const bad_escape = this._text[this.at] === "\\";
    throw new Expected(bad_escape ? 'an escape such as \\n or \\u00e9' : 'a closing "');
  }

  private _space(): void {
    this._match(/[ \t\r\n]+/y);
  }

  private _take(word: string): boolean {
    const here = this._text.startsWith(word, this.at);
    if (here) this.at += word.length;
    return here;
  }

  private _match(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    const length = pattern.exec(this._text)?.[0].length ?? 0;
    this.at += length;
    return length > 0;
  }
}

function place(text: string, at: number): { line: number; column: number } {
  const lines = text.slice(0, at).split("\n");
  return { line: lines.length, column: lines[lines.length - 1]!.length + 1 };
}

function found(text: string, at: number): string {
  const next = String.fromCodePoint(text.codePointAt(at) ?? 0);
  if (at >= text.length) return "the end of the text";
  return next < " " ? "a control character or line end" : next;
}
