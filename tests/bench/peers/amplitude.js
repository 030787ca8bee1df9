// Documented defaults with the body compressed; at pagehide a beacon and a flush, as its docs advise.
import * as amplitude from "@amplitude/analytics-browser";

const VARIANTS = { "": {}, batch: { flushQueueSize: 100 }, retries: { flushMaxRetries: 50 } };
let initialised;

export function start({ collector, variant }) {
  initialised = amplitude.init("bench", undefined, {
    ...{ serverUrl: `${collector}/2/httpapi`, autocapture: false, fetchRemoteConfig: false },
    ...{ remoteConfig: { fetchRemoteConfig: false }, enableRequestBodyCompression: true, logLevel: 0 },
    ...VARIANTS[variant],
  }).promise;
  addEventListener("pagehide", () => {
    amplitude.setTransport("beacon");
    amplitude.flush();
  });
}

export const ready = () => initialised;

export function track(name, properties) {
  amplitude.track(name, properties);
}
