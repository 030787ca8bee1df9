// The protocols by name: how people call them.

export const PROTOCOLS = {
  segment: "Segment",
  snowplow: "Snowplow",
  rudderstack: "RudderStack",
  posthog: "PostHog",
  amplitude: "Amplitude",
  mixpanel: "Mixpanel",
  ga4: "Google Analytics 4",
  matomo: "Matomo",
  cloudevents: "CloudEvents",
  otlp: "OpenTelemetry",
  plausible: "Plausible",
  umami: "Umami",
  jitsu: "Jitsu",
};

export const titleOf = (protocol) => PROTOCOLS[protocol] ?? protocol;

// With the form of the protocol, where it has several: "PostHog v1".
export const dialectOf = ({ protocol, variant }) => (variant ? `${titleOf(protocol)} ${variant}` : titleOf(protocol));
