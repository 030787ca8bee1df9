// Who is measured. A peer may be named with a variant: snowplow:batch.

/** `variants`: those that C and D measure beside the plain one. */
export const PEERS = {
  noop: { file: "noop", variants: [] },
  floor: { file: "floor", variants: [] },
  waymark: { file: "waymark", variants: ["exempt"], primes: true },
  snowplow: { file: "snowplow", variants: ["batch", "nokeepalive"] },
  segment: { file: "segment", variants: ["batch", "default"] },
  rudder: { file: "rudder", variants: ["batch", "beacon"] },
  posthog: { file: "posthog", variants: ["batch"] },
  amplitude: { file: "amplitude", variants: ["batch", "retries"] },
  mixpanel: { file: "mixpanel", variants: ["batch"] },
};

/** @returns {{id: string, peer: string, variant: string, primes: boolean}} */
export function peerOf(id) {
  const [peer, variant = ""] = id.split(":");
  const known = PEERS[peer];
  if (!known || (variant && !known.variants.includes(variant))) {
    throw new Error(`There is no peer ${id}; there are: ${allIds().join(", ")}.`);
  }
  return { id, peer, variant, primes: known.primes === true && variant !== "exempt" };
}

export const plainIds = () => Object.keys(PEERS);

export function allIds() {
  return plainIds().flatMap((id) => [id, ...PEERS[id].variants.map((variant) => `${id}:${variant}`)]);
}
