// The connection to /stream. EventSource comes back by itself after a break; where the collector turned the page
// away or was restarted under it, this opens a new one.

const RETRY_MS = 2000;

// `handlers` has a function for each message type, and `state("live" | "lost")`.
export function openStream(handlers) {
  const source = new EventSource("/stream");
  source.onopen = () => handlers.state("live");
  source.onerror = () => {
    handlers.state("lost");
    if (source.readyState === EventSource.CLOSED) setTimeout(() => openStream(handlers), RETRY_MS);
  };
  for (const type of ["reset", "event", "refused", "totals", "faults"]) {
    source.addEventListener(type, (message) => handlers[type](JSON.parse(message.data)));
  }
}
