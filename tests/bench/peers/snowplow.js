// POST, one event a request, kept in localStorage: what its documentation recommends.
import { newTracker, trackSelfDescribingEvent } from "@snowplow/browser-tracker";

const SCHEMA = "iglu:com.shop/product_added/jsonschema/1-0-0";
const VARIANTS = {
  "": { bufferSize: 1, keepalive: true },
  batch: { bufferSize: 50, maxPostBytes: 60_000, keepalive: true },
  nokeepalive: { bufferSize: 1, keepalive: false },
};

export function start({ collector, variant }) {
  newTracker("sp", collector, {
    ...{ appId: "shop", eventMethod: "post", encodeBase64: false, stateStorageStrategy: "cookieAndLocalStorage" },
    ...VARIANTS[variant],
  });
}

export function track(_name, data) {
  trackSelfDescribingEvent({ event: { schema: SCHEMA, data } });
}
