#!/usr/bin/env node
// Puts functions of a WebAssembly module that look alike side by side: brotli then finds in the one
// what it has just seen in the other, which is worth 0.7 % of the page module (sdk/docs/adr/0003).
//
//   order_functions.mjs waymark.wasm      changes the file in place
//
// Binaryen has put the functions that are called most first, so that their numbers take one byte in
// a call: the first 128 stay the first 128. It knows only the instructions that the module has
// (numbers are integers; bulk memory, sign extension) and stops at any other.

import { readFileSync, writeFileSync } from "node:fs";

const SECTION = { FUNCTION: 3, EXPORT: 7, START: 8, ELEMENT: 9, CODE: 10 };
const CALL = 0x10;
const ONE_BYTE_NUMBERS = 128;
const PIECE_BYTES = 4;

// What follows an instruction's byte: v a number, b a byte, t a list of numbers and one more.
function operands(opcode, reader) {
  if (opcode >= 0x28 && opcode <= 0x3e) return "vv"; // loads and stores
  if (opcode >= 0x45 && opcode <= 0xc4) return ""; // arithmetic
  if (opcode === 0xfc) {
    const long = reader.number();
    if (long === 10) return "bb"; // memory.copy
    if (long === 11) return "b"; // memory.fill
    throw new Error(`instruction 0xfc ${long}`);
  }
  const known = {
    0x00: "", 0x01: "", 0x02: "b", 0x03: "b", 0x04: "b", 0x05: "", 0x0b: "", 0x0c: "v", 0x0d: "v", 0x0e: "t",
    0x0f: "", [CALL]: "v", 0x11: "vv", 0x1a: "", 0x1b: "", 0x20: "v", 0x21: "v", 0x22: "v", 0x23: "v", 0x24: "v",
    0x3f: "b", 0x40: "b", 0x41: "v", 0x42: "v",
  };
  if (known[opcode] === undefined) throw new Error(`instruction 0x${opcode.toString(16)}`);
  return known[opcode];
}

class Reader {
  constructor(bytes, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }
  byte() {
    if (this.at >= this.bytes.length) throw new Error("the end, too early");
    return this.bytes[this.at++];
  }
  // Of 32 bits; signed ones of 64 bits are only passed over.
  number() {
    let number = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      if (shift < 32) number |= (byte & 127) << shift;
      if (byte < 128) return number >>> 0;
    }
  }
  numbers() {
    return Array.from({ length: this.number() }, () => this.number());
  }
  pass(kind) {
    if (kind === "b") this.at += 1;
    else if (kind === "v") this.number();
    else for (let left = this.number() + 1; left > 0; --left) this.number();
  }
}

function encoded(number) {
  const bytes = [];
  for (; number > 127; number >>>= 7) bytes.push((number & 127) | 128);
  return [...bytes, number];
}

function sectionsOf(bytes) {
  const sections = [];
  for (const reader = new Reader(bytes, 8); reader.at < bytes.length; ) {
    const id = reader.byte();
    const size = reader.number();
    sections.push({ id, body: bytes.subarray(reader.at, reader.at + size) });
    reader.at += size;
  }
  return sections;
}

function bodiesOf(code) {
  const reader = new Reader(code);
  return Array.from({ length: reader.number() }, () => {
    const size = reader.number();
    reader.at += size;
    return code.subarray(reader.at - size, reader.at);
  });
}

// A body as bytes with the numbers of the functions that it calls between them.
function splitAtCalls(body) {
  const parts = [];
  const reader = new Reader(body);
  for (let left = reader.number(); left > 0; --left) {
    reader.number();
    reader.byte();
  }
  let from = 0;
  while (reader.at < body.length) {
    const opcode = reader.byte();
    const rest = operands(opcode, reader);
    if (opcode === CALL) {
      parts.push(body.subarray(from, reader.at), reader.number());
      from = reader.at;
    } else {
      for (const kind of rest) reader.pass(kind);
    }
  }
  return [...parts, body.subarray(from)];
}

function piecesOf(body) {
  const pieces = new Set();
  for (let at = 0; at + PIECE_BYTES <= body.length; ++at) pieces.add(body.readUInt32LE(at));
  return pieces;
}

function likeness(one, other) {
  const [few, many] = one.size < other.size ? [one, other] : [other, one];
  let shared = 0;
  for (const piece of few) shared += many.has(piece) ? 1 : 0;
  return shared / Math.sqrt((few.size + 1) * (many.size + 1));
}

// Each is followed by the one of the rest that is most like it.
function chained(places, pieces) {
  if (!places.length) return [];
  const order = [places[0]];
  const left = new Set(places.slice(1));
  while (left.size > 0) {
    const last = pieces[order[order.length - 1]];
    let best = -1;
    let most = -1;
    for (const place of left) {
      const like = likeness(last, pieces[place]);
      if (like > most) [best, most] = [place, like];
    }
    order.push(best);
    left.delete(best);
  }
  return order;
}

function ordered(bytes) {
  const sections = sectionsOf(bytes);
  const find = (id) => sections.find((section) => section.id === id)?.body;
  if (find(2) || find(SECTION.START)) throw new Error("imports or a start function");
  const bodies = bodiesOf(find(SECTION.CODE));
  const pieces = bodies.map(piecesOf);
  const places = [...bodies.keys()];
  const order = [
    ...chained(places.slice(0, ONE_BYTE_NUMBERS), pieces),
    ...chained(places.slice(ONE_BYTE_NUMBERS), pieces),
  ];
  const numberOf = new Array(bodies.length);
  order.forEach((place, number) => (numberOf[place] = number));

  const rewrite = {
    [SECTION.FUNCTION](body) {
      const types = new Reader(body).numbers();
      return [...encoded(order.length), ...order.flatMap((place) => encoded(types[place]))];
    },
    [SECTION.EXPORT](body) {
      const reader = new Reader(body);
      const out = encoded(reader.number());
      while (reader.at < body.length) {
        const from = reader.at;
        const nameBytes = reader.number();
        reader.at += nameBytes;
        const kind = reader.byte();
        out.push(...body.subarray(from, reader.at));
        const number = reader.number();
        out.push(...encoded(kind === 0 ? numberOf[number] : number));
      }
      return out;
    },
    [SECTION.ELEMENT](body) {
      const reader = new Reader(body);
      const out = encoded(reader.number());
      while (reader.at < body.length) {
        const from = reader.at;
        if (reader.number() !== 0 || reader.byte() !== 0x41) throw new Error("another kind of table");
        reader.number();
        reader.byte();
        out.push(...body.subarray(from, reader.at));
        const functions = reader.numbers();
        out.push(...encoded(functions.length), ...functions.flatMap((place) => encoded(numberOf[place])));
      }
      return out;
    },
    [SECTION.CODE]() {
      const out = encoded(order.length);
      for (const place of order) {
        const parts = splitAtCalls(bodies[place]);
        const body = parts.flatMap((part) => (typeof part === "number" ? encoded(numberOf[part]) : [...part]));
        out.push(...encoded(body.length), ...body);
      }
      return out;
    },
  };
  const out = [...bytes.subarray(0, 8)];
  for (const { id, body } of sections) {
    const rewritten = rewrite[id]?.(body) ?? [...body];
    out.push(id, ...encoded(rewritten.length));
    for (const byte of rewritten) out.push(byte);
  }
  return Buffer.from(out);
}

const [, , file] = process.argv;
try {
  writeFileSync(file, ordered(readFileSync(file)));
} catch (error) {
  console.error(`order_functions.mjs does not know this in ${file}: ${error.message}`);
  process.exit(1);
}
