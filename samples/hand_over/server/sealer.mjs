// Seals tokens of the engine and opens them: ChaCha20-Poly1305 (RFC 8439) of node:crypto, which
// libsodium has, too, on every machine.
//
//     "s." base64url( key id 1 | expiry 4, seconds, big-endian | random 8 | ciphertext | tag 16 )
//
// Expiry and random are the nonce, so both are authenticated and no nonce comes twice. The host
// that may open it is authenticated with it and takes no room: "" is any.

import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

const algorithm = "chacha20-poly1305";
const sizes = { head: 1, expiry: 4, nonce: 12, tag: 16 };
const audience_begin = "waymark-hand-over-1:";
const token_bytes_max = 300;
const audiences_max = 64;

/** Bytes of base64url as it is written, or undefined. */
function bytesOf(text) {
  if (typeof text !== "string" || !/^[\w-]{1,400}$/.test(text)) return undefined;
  const bytes = Buffer.from(text, "base64url");
  // One text for the same bytes: another is not the one that was sealed.
  return bytes.length && bytes.length <= token_bytes_max && bytes.toString("base64url") === text ? bytes : undefined;
}

// A token of the engine: its form, one character, and bytes. Both are sealed as bytes.
const packed = (token) => {
  const bytes = /^[0-9A-Za-z]\./.test(token) ? bytesOf(String(token).slice(2)) : undefined;
  return bytes && Buffer.concat([Buffer.from(token[0]), bytes]);
};
const unpacked = (bytes) => `${String.fromCharCode(bytes[0])}.${bytes.toString("base64url", 1)}`;

export class Sealer {
  #keys;
  #ttl_s;
  #used_max;
  #now_ms;
  // By what was opened, until it would have run out anyway.
  #used = new Map();
  // For whom: to say "of another host" instead of "damaged".
  #audiences = new Set();

  constructor(keys, { ttl_s, used_max }, now_ms = Date.now) {
    this.#keys = keys;
    this.#ttl_s = ttl_s;
    this.#used_max = used_max;
    this.#now_ms = now_ms;
  }

  /** The sealed token, or undefined for what is no token of the engine's. */
  seal(token, to) {
    const bytes = packed(token);
    if (!bytes) return undefined;
    const [id, key] = this.#keys.sealing;
    const nonce = randomBytes(sizes.nonce);
    nonce.writeUInt32BE(Math.floor(this.#now_ms() / 1000) + this.#ttl_s);
    const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: sizes.tag });
    cipher.setAAD(Buffer.from(audience_begin + to), { plaintextLength: bytes.length });
    const sealed = Buffer.concat([Buffer.of(id), nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
    this.#remember(to);
    return `s.${sealed.toString("base64url")}`;
  }

  /** {token}, or {why}: `token_invalid`, `token_foreign`, `token_expired`, `token_used`, `busy`. */
  open(sealed, host) {
    const bytes = sealed?.startsWith?.("s.") ? bytesOf(sealed.slice(2)) : undefined;
    if (!bytes || bytes.length <= sizes.head + sizes.nonce + sizes.tag + 1) return { why: "token_invalid" };
    const key = this.#keys.of(bytes[0]);
    if (!key) return { why: "token_invalid" };
    const token = this.#decrypt(key, bytes, host) ?? this.#decrypt(key, bytes, "");
    if (!token) {
      const others = [...this.#audiences];
      return { why: others.some((other) => this.#decrypt(key, bytes, other)) ? "token_foreign" : "token_invalid" };
    }
    const expiry_s = bytes.readUInt32BE(sizes.head);
    if (this.#now_ms() / 1000 >= expiry_s) return { why: "token_expired" };
    const why = this.#use(bytes.toString("base64", 0, sizes.head + sizes.nonce), expiry_s);
    return why ? { why } : { token: unpacked(token) };
  }

  #decrypt(key, bytes, audience) {
    const nonce_end = sizes.head + sizes.nonce;
    const decipher = createDecipheriv(algorithm, key, bytes.subarray(sizes.head, nonce_end), { authTagLength: sizes.tag });
    const ciphertext = bytes.subarray(nonce_end, -sizes.tag);
    decipher.setAAD(Buffer.from(audience_begin + audience), { plaintextLength: ciphertext.length });
    decipher.setAuthTag(bytes.subarray(-sizes.tag));
    try {
      return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
    } catch {
      return undefined;
    }
  }

  // Where there is no room to remember one more nothing is opened: a token must not be good twice.
  #use(nonce, expiry_s) {
    if (this.#used.has(nonce)) return "token_used";
    if (this.#used.size >= this.#used_max) this.#forget();
    if (this.#used.size >= this.#used_max) return "busy";
    this.#used.set(nonce, expiry_s);
    return undefined;
  }

  #forget() {
    const now_s = this.#now_ms() / 1000;
    for (const [nonce, expiry_s] of this.#used) if (expiry_s <= now_s) this.#used.delete(nonce);
  }

  #remember(audience) {
    this.#audiences.delete(audience);
    this.#audiences.add(audience);
    if (this.#audiences.size > audiences_max) this.#audiences.delete(this.#audiences.values().next().value);
  }
}
