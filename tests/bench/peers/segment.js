// The standard strategy with keepalive, retries on; the settings that its CDN would give stand here.
import { AnalyticsBrowser } from "@segment/analytics-next";

const STRATEGIES = {
  "": { strategy: "standard", config: { keepalive: true } },
  batch: { strategy: "batching", config: { size: 100, timeout: 2000, keepalive: true } },
  default: undefined,
};
let analytics;

export function start({ collector, variant }) {
  const { host } = new URL(collector);
  const segment = { apiKey: "bench", apiHost: `${host}/v1`, protocol: "http", deliveryStrategy: STRATEGIES[variant] };
  const settings = { integrations: { "Segment.io": segment }, plan: {}, metrics: { sampleRate: 0 } };
  analytics = AnalyticsBrowser.load(
    { writeKey: "bench", cdnURL: location.origin, cdnSettings: settings },
    { integrations: { "Segment.io": segment } },
  );
}

export const ready = () => analytics.ready();

export function track(name, properties) {
  analytics.track(name, properties);
}
