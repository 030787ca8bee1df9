// Whose a request is, by its address: the engine's effects name no collector.

// What protocols add to the address of a collector. docs/collectors.md
const paths: Record<string, RegExp> = {
  segment: /^\/v1\/batch/,
  rudderstack: /^\/(beacon\/)?v1\/batch/,
  posthog: /^\/(batch\/|i\/v1\/)/,
  amplitude: /^\/(2\/httpapi|batch)/,
  mixpanel: /^\/(track|import|engage)/,
  ga4: /^\/mp\/collect/,
  matomo: /^\/matomo\.php/,
  snowplow: /^\/(com\.snowplowanalytics\.snowplow\/tp2|i(\?|$))/,
  otlp: /^\/v1\/logs/,
  plausible: /^\/api\/event/,
  umami: /^\/api\/send/,
  jitsu: /^\/api\/s\//,
};

interface Collector {
  id: string;
  protocol: string;
  url: string;
}

/** The ids of the collectors that may be behind an address, the likeliest first. */
export function collectorsAt(url: string, config: any): string[] {
  const all: Collector[] = Array.isArray(config?.collectors) ? config.collectors : [];
  const near = all
    .map(({ id, protocol, url: base }) => ({ id, protocol, base: String(base).replace(/\/$/, "") }))
    .filter(({ base }) => url.startsWith(base) && /^[/?#]?$/.test(url.charAt(base.length)))
    .sort((a, b) => b.base.length - a.base.length);
  const speaks = ({ protocol, base }: (typeof near)[number]) =>
    paths[protocol]?.test(url.slice(base.length)) ?? true;
  const sure = near.filter(speaks);
  return (sure.length ? sure : near).map(({ id }) => id);
}
