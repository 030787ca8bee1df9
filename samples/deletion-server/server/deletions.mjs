// Deletions under way: each is asked of every vendor until that has given its word.
//
// By which ids vendors know the person stands in a file of its own as long as it is needed, and
// never in the ledger: what can only be appended to could never forget it.

import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync, openSync, fsyncSync, closeSync } from "node:fs";
import { join } from "node:path";
import { secretOf } from "./config.mjs";
import { requestDeletion } from "./vendors.mjs";

export const PATIENCE = { first_ms: 1_000, most_ms: 3_600_000, tries: 40, timeout_ms: 30_000 };

const keyOf = ({ message_id, collector, by }) => JSON.stringify([message_id, collector, by]);

export class Deletions {
  #config;
  #ledger;
  #folder;
  #patience;
  #done;
  #timers = new Map();
  #stopped = false;

  constructor(config, ledger, folder, patience = PATIENCE) {
    this.#config = config;
    this.#ledger = ledger;
    this.#folder = folder;
    this.#patience = patience;
    this.#done = new Set(ledger.records.filter(({ kind }) => kind === "acknowledged").map(keyOf));
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  /** Takes up what an earlier run has left. */
  resume() {
    for (const name of readdirSync(this.#folder)) {
      const path = join(this.#folder, name);
      if (name.endsWith(".json")) this.#start(JSON.parse(readFileSync(path, "utf8")));
      else rmSync(path);
    }
  }

  /** Puts a deletion down on the disk. It begins with `begin`, once the ledger has it, too. */
  keep(deletion) {
    const path = this.#path(deletion);
    const file = openSync(`${path}.new`, "w", 0o600);
    writeFileSync(file, JSON.stringify(deletion));
    fsyncSync(file);
    closeSync(file);
    renameSync(`${path}.new`, path);
  }

  begin(deletion) {
    this.#start(deletion);
  }

  stop() {
    this.#stopped = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }

  #path({ message_id }) {
    return join(this.#folder, `${message_id}.json`);
  }

  // Collectors that nobody is asked for and ids that are not believed are in the ledger already.
  #jobs({ message_id, collectors, user_id, anonymous_id }) {
    const ids = { anonymous_id, user_id: this.#config.user_ids === "accept" ? user_id : undefined };
    const jobs = [];
    for (const collector of collectors) {
      if (!Object.hasOwn(this.#config.vendors, collector)) continue;
      for (const [by, id] of Object.entries(ids)) {
        const job = { message_id, collector, by, id };
        if (id !== undefined && !this.#done.has(keyOf(job))) jobs.push(job);
      }
    }
    return jobs;
  }

  #start(deletion) {
    const jobs = this.#jobs(deletion);
    if (!jobs.length) return rmSync(this.#path(deletion), { force: true });
    for (const job of jobs) if (!this.#timers.has(keyOf(job))) this.#later(deletion, job, 1, 0);
  }

  #later(deletion, job, attempt, ms) {
    if (this.#stopped) return;
    this.#timers.set(keyOf(job), setTimeout(() => this.#try(deletion, job, attempt), ms));
  }

  async #try(deletion, job, attempt) {
    const { id, ...named } = job;
    const vendor = this.#config.vendors[job.collector];
    const answer = await this.#ask(vendor, job);
    if (this.#stopped) return;
    const { status, acknowledged, again, reason } = answer;
    if (acknowledged) {
      this.#ledger.append({ kind: "acknowledged", ...named, attempt, status, acknowledged });
      this.#done.add(keyOf(job));
      this.#timers.delete(keyOf(job));
      if (!this.#jobs(deletion).length) rmSync(this.#path(deletion), { force: true });
      return;
    }
    const last = !again || attempt >= this.#patience.tries;
    this.#ledger.append({ kind: last ? "given_up" : "failed", ...named, attempt, status, reason });
    if (last) this.#timers.delete(keyOf(job));
    else this.#later(deletion, job, attempt + 1, this.#pause(attempt, answer.after_ms));
  }

  async #ask(vendor, { by, id }) {
    let token;
    try {
      token = secretOf(vendor.token);
    } catch (error) {
      return { status: 0, again: true, reason: error.message };
    }
    return requestDeletion(vendor, token, by, id, this.#patience.timeout_ms);
  }

  #pause(attempt, after_ms = 0) {
    const { first_ms, most_ms } = this.#patience;
    return Math.min(Math.max(first_ms * 2 ** (attempt - 1), after_ms), most_ms);
  }
}
