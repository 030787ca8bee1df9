// Where in the text of a JSON document a pointer leads.

const space = /[ \t\r\n]*/y;
const string = /"(?:[^"\\]|\\.)*"/y;
const scalar = /[^,\]}\s]+/y;

class Walk {
  at = 0;
  private readonly _text: string;

  constructor(text: string) {
    this._text = text;
  }

  /** Stands at the value of a member or element afterwards; false: there is none. */
  into(step: string): boolean {
    this._take(space);
    const object = this._text[this.at] === "{";
    if (!object && this._text[this.at] !== "[") return false;
    this.at++;
    for (let index = 0; ; ++index) {
      this._take(space);
      if (/[\]}]/.test(this._text[this.at] ?? "]")) return false;
      const begins = this.at;
      const key = object ? (JSON.parse(this._take(string)) as string) : String(index);
      if (object) this._take(/[ \t\r\n]*:[ \t\r\n]*/y);
      if (key === step) {
        // A member begins with its name.
        this.begins = object ? begins : this.at;
        return true;
      }
      this._skip();
      this._take(/[ \t\r\n]*,?/y);
    }
  }
  begins = 0;

  private _skip(): void {
    this._take(space);
    const first = this._text[this.at];
    if (first === '"') return void this._take(string);
    if (first !== "{" && first !== "[") return void this._take(scalar);
    let depth = 0;
    do {
      const next = this._text[this.at];
      if (next === undefined) return;
      if (next === '"') {
        this._take(string);
        continue;
      }
      if (next === "{" || next === "[") depth++;
      if (next === "}" || next === "]") depth--;
      this.at++;
    } while (depth);
  }

  private _take(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this._text)?.[0] ?? "";
    this.at += found.length;
    return found;
  }
}

/** Line and column, from 1, of what a pointer leads to, or of the innermost that is there. */
export function placeOf(text: string, pointer: string): { line: number; column: number } {
  const walk = new Walk(text);
  for (const step of pointer.split("/").slice(1)) {
    if (!walk.into(step.replace(/~1/g, "/").replace(/~0/g, "~"))) break;
  }
  const lines = text.slice(0, walk.begins).split("\n");
  return { line: lines.length, column: lines.at(-1)!.length + 1 };
}
