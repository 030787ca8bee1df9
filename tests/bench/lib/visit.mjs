// One measured run: a fresh profile, a collector of its own, and pages of one peer in it.

import { newProfile } from "./browser.mjs";
import { Collector } from "./collector.mjs";
import { pageUrl } from "./pages.mjs";

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const newRun = () => Math.floor(Math.random() * 36 ** 5).toString(36).padStart(5, "0");

export class Visit {
  faults = [];

  /** Opens the profile; where a peer wants a first visit (a consent decision), that is made. */
  static async begin(bench, peer, options = {}) {
    const visit = new Visit();
    bench.visits.push(visit);
    visit.base = bench.pages.url;
    visit.context = await newProfile(bench.browser);
    visit.collector = await new Collector(newRun()).start();
    const { run, url: collector } = visit.collector;
    visit.facts = { peer: peer.peer, variant: peer.variant, collector, run, options };
    if (peer.primes) await visit.#prime();
    return visit;
  }

  async #prime() {
    const page = await this.newPage();
    await page.goto(this.url("prime"));
    await page.evaluate(() => window.peer.prime(window.setup));
    await page.goto(`${this.base}/blank`);
    await page.close();
  }

  url(then) {
    return pageUrl(this.base, this.facts, then);
  }

  async newPage() {
    const page = await this.context.newPage();
    page.on("pageerror", (error) => this.faults.push(error.message));
    return page;
  }

  /** A page with the peer started, and ready. */
  async open(page) {
    page ??= await this.newPage();
    await page.goto(this.url());
    await page.evaluate(() => window.bench.ready());
    return page;
  }

  /** The page again, as after a reload; a page that is too busy to reload is closed. Gives the new one. */
  async again(page) {
    const loaded = await page.reload({ timeout: 20_000 }).then(() => true, () => false);
    if (loaded) return page;
    await page.close().catch(() => {});
    return this.open();
  }

  async end() {
    await this.context?.close();
    await this.collector?.stop();
  }
}

/** Runs `work` with a visit that is ended in any case. */
export async function withVisit(bench, peer, options, work) {
  const visit = await Visit.begin(bench, peer, options);
  try {
    return { ...(await work(visit)), page_errors: visit.faults };
  } finally {
    await visit.end();
  }
}
