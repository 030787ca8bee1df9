// The core loader, without the recorder: batches of 50, kept in localStorage, uncompressed.
import mixpanel from "mixpanel-browser/src/loaders/loader-module-core.js";

let loaded;
const isLoaded = new Promise((resolve) => (loaded = resolve));

export function start({ collector, variant }) {
  mixpanel.init("bench", {
    ...{ api_host: collector, loaded, persistence: "localStorage", track_pageview: false, autocapture: false },
    ...{ batch_requests: true, batch_size: variant === "batch" ? 100 : 50, ignore_dnt: true, debug: false },
    ...{ batch_flush_interval_ms: variant === "batch" ? 2000 : 1000, record_sessions_percent: 0 },
  });
}

export const ready = () => isLoaded;

export function track(name, properties) {
  mixpanel.track(name, properties);
}
