// Events only: gzip and batches as by default, everything that watches the page off.
import posthog from "posthog-js/dist/module.slim.no-external";

let loaded;
const isLoaded = new Promise((resolve) => (loaded = resolve));

export function start({ collector, variant }) {
  posthog.init("phc_bench", {
    ...{ api_host: collector, loaded, autocapture: false, capture_pageview: false, capture_pageleave: false },
    ...{ disable_session_recording: true, disable_surveys: true, advanced_disable_flags: true },
    ...{ capture_dead_clicks: false, capture_heatmaps: false, capture_performance: false, capture_exceptions: false },
    ...{ disable_external_dependency_loading: true, request_batching: true, opt_out_useragent_filter: true },
    rate_limiting: { events_per_second: 100_000, events_burst_limit: 1_000_000 },
    request_queue_config: { flush_interval_ms: variant === "batch" ? 3000 : 1000 },
  });
}

export const ready = () => isLoaded;

export function track(name, properties) {
  posthog.capture(name, properties);
}
