// A Segment collector across origins, delivery as by default. Consent: `analytics`, granted once on a
// first visit of the profile; variant `exempt`: a purpose that needs no answer.
import { Waymark } from "waymark";

let client;

function configFor({ collector, variant, options }) {
  const consented = { basis: "consent", before_answer: "hold" };
  const purpose = { id: "analytics", storage: true, ...(variant === "exempt" ? { basis: "exempt" } : consented) };
  return {
    waymark: 1,
    app: { id: "shop-web", channel: "web" },
    consent: { revision: "2026-11-01", purposes: [purpose] },
    collectors: [
      { id: "cdp", protocol: "segment", url: collector, needs: ["analytics"], options: { write_key: "bench" } },
    ],
    capture: { page_views: false },
    ...(options.delivery ? { delivery: options.delivery } : {}),
  };
}

export function start(setup) {
  client = Waymark.open(configFor(setup), { wasm: "/waymark.wasm" });
}

export const ready = () => client.ready;

export function track(name, properties) {
  client.track(name, properties);
}

/** The first visit of the profile: somebody decides, and the decision stands on the device. */
export async function prime(setup) {
  start(setup);
  await client.ready;
  if (setup.variant !== "exempt") client.consent.set({ analytics: "granted" });
  await new Promise((resolve) => setTimeout(resolve, 500));
}

/** What the engine says of its queue and of what it has lost. */
export const counts = () => {
  const { queue, losses, store } = client.view();
  return { queue, losses, store };
};
