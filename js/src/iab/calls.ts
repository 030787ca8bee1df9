// What both interfaces do with what others hand them: nothing of it may harm the page or another
// caller.

export type Callback = (value: unknown, success: boolean) => void;

/** As many listeners as a busy page has tags, many times over. */
export const listeners_max = 1000;

/** Calls back; what a vendor's function throws is shown and goes no further. */
export function tell(callback: unknown, value: unknown, success: boolean): void {
  if (typeof callback !== "function") return;
  try {
    callback(value, success);
  } catch (error) {
    console.error("waymark: a listener of a vendor's threw", error);
  }
}

/**
 * Puts `api` where the stub was, and runs what that has kept, in its order, after `begin`. Whoever
 * has kept the stub's function reaches the interface through it.
 */
export function takeOver(name: string, api: (...args: any[]) => void, begin: () => void): void {
  const page = window as any;
  let queue: any;
  try {
    queue = page[name]();
  } catch {
    // Not every stub gives its queue; those of others are what they are.
  }
  page[name] = api;
  begin();
  if (!Array.isArray(queue)) return;
  for (const args of queue.splice(0)) if (args?.length) api(...args);
  queue.push = (args: any) => (api(...args), 0);
}
