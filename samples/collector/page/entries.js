// What the page knows: events and refused requests, newest first, bounded.

export const ENTRIES_MAX = 2000;

// A refused request shows up among the events, because a missing row explains nothing.
export function entryOfRefused(request) {
  return {
    key: `r${request.id}`,
    id: request.id,
    received_ms: request.received_ms,
    protocol: request.protocol,
    variant: null,
    kind: "refused",
    name: request.path,
    anonymous_id: null,
    user_id: null,
    session_id: null,
    consent: null,
    wire_bytes: request.body_bytes,
    request_id: request.id,
    encoding: request.encoding,
    order_id: null,
    duplicates: 0,
    problems: request.problems,
    problem: request.problem,
    status: request.status,
    turned_away: request.rejected + request.retry,
    event: null,
  };
}

export function entryOfEvent(event) {
  return { key: `e${event.id}`, ...event };
}

// The text that the search looks through.
function haystack(entry) {
  entry.haystack ??= JSON.stringify(entry).toLowerCase();
  return entry.haystack;
}

export function fits(entry, filter) {
  if (filter.protocol && entry.protocol !== filter.protocol) return false;
  if (filter.kind === "problems" && entry.problems.length === 0) return false;
  if (filter.kind && filter.kind !== "problems" && entry.kind !== filter.kind) return false;
  return filter.text === "" || haystack(entry).includes(filter.text);
}
