// The lite entry: one event a request, kept in localStorage; statistics of its own off.
import { RudderAnalytics } from "@rudderstack/analytics-js/lite";

const VARIANTS = {
  "": {},
  batch: {
    queueOptions: {
      batch: { enabled: true, maxItems: 100, maxSize: 524_288, flushInterval: 2000 },
      maxItems: 1000,
    },
  },
  beacon: { transportMode: "beacon" },
};
let analytics;

export function start({ collector, variant }) {
  analytics = new RudderAnalytics();
  analytics.load("bench", collector, {
    ...{ configUrl: location.origin, lockIntegrationsVersion: true, sendAdblockPage: false, logLevel: "NONE" },
    ...{ sessions: { autoTrack: true }, transportMode: "xhr", ...VARIANTS[variant] },
  });
}

export const ready = () => new Promise((resolve) => analytics.ready(resolve));

export function track(name, properties) {
  analytics.track(name, properties);
}
