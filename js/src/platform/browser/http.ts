// Requests of the browser. The only file of this platform that reaches the network for the engine.
//
// Promise: one answer for each request. Answers are never parsed here; of a body no more is read
// than was asked for, or 4 KiB, which leaves the connection of use for the next one.

import type { HttpSend, Reply } from "../platform.ts";

const drained_bytes_max = 4096;
const answered_after_sleep_ms = 1000;

type Outcome = [status: number, more: { error?: string; retry_after?: string; body?: Uint8Array }];

/** Starts a request and gives what aborts it. A beacon is answered before this returns. */
export function send(request: HttpSend, reply: Reply): () => void {
  const answer = (status: number, more: object) =>
    reply({ type: "http_done", effect_id: request.effect_id, status, ...more });
  const controller = new AbortController();
  let error = "network";
  const abort = (why: string) => {
    error = why;
    controller.abort();
  };
  if (request.transport === "beacon") {
    answer(0, { error: beacon(request) ? "queued" : "refused" });
  } else {
    const timer = setTimeout(abort, request.timeout_ms, "timeout");
    const { signal } = controller;
    // What a page had under way when it went to sleep Firefox never settles, not even when it is
    // aborted: without this the engine would wait for its answer for good. (Node has no pages.)
    const given_up = new Promise<never>((_, reject) => signal.addEventListener("abort", reject));
    const awake = ({ persisted }: PageTransitionEvent) =>
      persisted && setTimeout(abort, answered_after_sleep_ms, "network");
    globalThis.addEventListener?.("pageshow", awake, { signal });
    const outcome = Promise.race([exchange(request, signal), given_up]);
    // Chromium says of a full keepalive budget no more than of a dead network, but it says so
    // before the next timer (measured: 160 of 160). So does now and then a host on the same machine
    // that refuses the connection (9 of 160); one try too many is the lesser harm.
    let at_once = request.transport === "keepalive" && navigator.onLine;
    setTimeout(() => (at_once = false));
    outcome
      .catch((): Outcome => [0, { error: at_once && error === "network" ? "refused" : error }])
      .then((outcome) => {
        clearTimeout(timer);
        controller.abort(); // nothing listens any more
        answer(...outcome);
      });
  }
  return () => abort("aborted");
}

async function exchange(request: HttpSend, signal: AbortSignal): Promise<Outcome> {
  const { url, method, headers, credentials, answer_bytes_max } = request;
  const response = await fetch(url, {
    method,
    headers,
    credentials,
    body: request.body as BodyInit,
    keepalive: request.transport === "keepalive",
    redirect: "follow",
    signal,
  });
  const retry_after = response.headers.get("retry-after") ?? undefined;
  // With the status the outcome is known, even when the body breaks off.
  const body = await start(response, answer_bytes_max ?? drained_bytes_max).catch(() => undefined);
  return [response.status, { retry_after, body: answer_bytes_max ? body : undefined }];
}

function beacon({ url, headers, body }: HttpSend): boolean {
  try {
    return navigator.sendBeacon(
      url,
      new Blob([body as BlobPart], { type: Object.values(headers)[0] }),
    );
  } catch {
    return false;
  }
}

async function start(response: Response, bytes_max: number): Promise<Uint8Array | undefined> {
  const reader = response.body?.getReader();
  if (!reader) return undefined;
  const body = new Uint8Array(bytes_max);
  let size = 0;
  while (size < bytes_max) {
    const { done, value } = await reader.read();
    if (done) break;
    const part = value.subarray(0, bytes_max - size);
    body.set(part, size);
    size += part.length;
  }
  if (size === bytes_max) reader.cancel();
  return size ? body.slice(0, size) : undefined;
}
