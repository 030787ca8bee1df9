// Writes collector_<protocol>.jsonl anew: every kind of event that there is, at every protocol, in each of its forms; and
// vocabulary.jsonl: every other touchpoint of sdk/event/vocabulary.json, where protocols have names of their own.
//
//   node tests/contract/every_kind.mjs                all protocols
//   node tests/contract/every_kind.mjs snowplow otlp  these
//
// Only the inputs stand here. What comes of them is recorded by the contract test itself, which has to be built.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const RECORDER = fileURLToPath(new URL("../../build/native/tests/contract/waymark_contract_test", import.meta.url));
const ROUNDS_MAX = 100;
const START_MS = 1_793_817_970_000;
const ENTROPY = Buffer.from(Array.from({ length: 32 }, (_, i) => i)).toString("base64");

// Each protocol's forms: what its options can change in the bytes. The first one is also sent de-identified.
const SITE = "9c1a2f6e-3b7d-4a58-8f0e-5d6c7b8a9012";
const SCHEMAS = { lamp_rubbed: "iglu:com.acme/lamp_rubbed/jsonschema/1-0-0" };
// An endpoint that uses each part of the template language.
const from = (pointer, more = {}) => ({ $: pointer, ...more });
const LAKE = {
  path: "/v2/events",
  headers: { "X-Api-Key": "k 1", "X-Request-Id": from("/request_id"), "X-Try": from("/attempt"), "X-Sent": from("/sent_ms", { as: "s" }) },
  event: {
    id: from("/message_id"),
    at: from("/time_ms", { as: "iso" }),
    at_us: from("/time_ms", { as: "us" }),
    kind: from("/type", { in: { page: "view", screen: "view", identify: "person" }, else: "event" }),
    what: from("/specification_name", { else: "none" }),
    who: from(["/user_id", "/anonymous_id"]),
    mail: from("/traits/email", { as: ["trim", "lowercase", "sha256"] }),
    total: from("/properties/total", { as: "number" }),
    items: from("/properties/products", { each: { id: from("./product_id", { as: "string" }), price: from("./price", { as: "number" }), name: from("./name") } }),
    props: from("/properties", { without: ["products", "total"] }),
    session: { id: from("/session/id"), n: from("/session/event_index") },
    page: { "...": from("/context/page", { without: "search" }) },
    campaign: { $: "merge", of: [from("/context/campaign"), { via: "web" }] },
    ref: { $: "join", of: ["order-", from("/properties/order_id")] },
    raw: from("/properties/deep", { as: "base64url" }),
    allowed: from("/purposes/allowed"),
    delivery: from("/delivery"),
  },
  body: { source: from("/app/id"), rows: from("events"), sent: from("/sent_ms", { as: "iso" }) },
  answers: { accept: ["2xx"], retry: ["429", "5xx"], split: ["413"] },
  gzip: true,
};
const LINES = { event: { t: from("/time_ms", { as: "ms" }), e: from("/name"), $$: from("/type") }, batch: "lines", limits: { events_max: 5 } };
const QUERY = {
  method: "get", batch: "single", path: { $: "join", of: ["/hit/", from("/type")] },
  event: { e: from("/name"), u: from("/context/page/url"), p: from("/properties") },
};

const RESOURCE = { "deployment.environment.name": "test" };
const FORMS = {
  amplitude: [{ api_key: "K", gzip: false }, { api_key: "K", api: "batch", min_id_length: 5, ip: true }],
  cloudevents: [
    { source: "https://shop.example/web", type_prefix: "com.example.", schemas: { order_completed: "https://shop.example/order.json" } },
    { batch: false, headers: { "X-Key": "k" } },
    { gzip: true },
  ],
  ga4: [{ measurement_id: "G-X" }],
  generic: [LAKE, LINES, QUERY],
  jitsu: [{ write_key: "k:s" }, { write_key: "k:s", ip: true }],
  matomo: [{ site_id: 3, dimensions: { label: 2 } }],
  mixpanel: [{ token: "T" }, { token: "T", api: "import", project_id: 42, username: "svc", secret: "s3", gzip: false }],
  otlp: [{}, { encoding: "protobuf" }, { gzip: false, resource: RESOURCE }, { encoding: "protobuf", gzip: false, resource: RESOURCE }],
  plausible: [{ domain: "shop.example" }],
  posthog: [{ api_key: "phc_K", gzip: false }, { api_key: "phc_K", version: "v1" }, { api_key: "phc_K" }],
  rudderstack: [{ write_key: "K", gzip: false }, { write_key: "K" }],
  segment: [{ write_key: "K", gzip: false }, { write_key: "K" }],
  snowplow: [{}, { method: "get", schemas: SCHEMAS }, { base64: true }],
  umami: [{ website_id: SITE, tag: "spring" }],
};
const URLS = { ga4: "https://shop.example/collect" };
// What only a server may know.
const SECRETS = ["secret", "api_secret", "token_auth"];

// Numbers are such as every face writes alike, so none ends in .0.
const PRODUCT = {
  product_id: "compass-01", sku: "C-01", name: "Compass «Nord»", category: "tools", brand: "Wegwerk",
  variant: "brass", price: 49.25, quantity: 1, currency: "EUR", position: 1,
};
const MAP = { ...PRODUCT, product_id: "map-02", sku: "M-02" };
const CART = { cart_id: "K-1", currency: "EUR", products: [PRODUCT, MAP] };
const ORDER = {
  order_id: "O-7", total: 108.9, subtotal: 98.5, tax: 17.39, shipping: 4.9, discount: 5, coupon: "SPRING",
  currency: "EUR", payment_method: "card",
  products: [{ ...PRODUCT, quantity: 2 }, { product_id: 7, name: "Map & case", price: "10.90", quantity: 1 }],
};
const PROMOTION = { promotion_id: "promo-1", name: "Spring walk", creative: "banner", position: "top" };
const COUPON = { order_id: "O-7", cart_id: "K-1", coupon_id: "c-1", coupon_name: "SPRING", discount: 5 };

const identify = { type: "identify", user_id: "u-100", traits: { email: "ann@example.com", plan: "gold" } };
const track = (name, properties) => ({ type: "track", name, properties });
const EVENTS = [
  identify,
  { type: "page", name: "Product" },
  { type: "screen", name: "Basket" },
  track("lamp_rubbed", { label: "genie", value: 3.5, wishes: [1, 2], deep: { a: { b: { c: 1 } } }, yes: true }),
  track("products_searched", { query: "brass compass" }),
  track("product_list_viewed", { list_id: "l1", category: "tools", currency: "EUR", products: [PRODUCT] }),
  track("product_list_filtered", { list_id: "l1", filters: [{ type: "price", value: "under 50" }], products: [PRODUCT] }),
  track("product_clicked", PRODUCT),
  track("product_viewed", PRODUCT),
  track("promotion_viewed", PROMOTION),
  track("promotion_clicked", PROMOTION),
  track("product_added_to_wishlist", { ...PRODUCT, wishlist_id: "w-1" }),
  track("product_added", { ...PRODUCT, cart_id: "K-1", cart_value: 49.25 }),
  track("product_removed", { ...PRODUCT, cart_id: "K-1", cart_value: 0.5 }),
  track("cart_viewed", { ...CART, cart_total: 98.5 }),
  track("checkout_started", { order_id: "O-7", total: 108.9, currency: "EUR", products: [PRODUCT] }),
  track("checkout_step_viewed", { checkout_id: "k-9", step: 2, shipping_method: "post", payment_method: "card" }),
  track("checkout_step_completed", { checkout_id: "k-9", step: 2, shipping_method: "post", payment_method: "card" }),
  track("payment_info_entered", { payment_method: "card", order_id: "O-7" }),
  track("coupon_entered", COUPON),
  track("coupon_applied", COUPON),
  track("coupon_denied", { ...COUPON, reason: "expired" }),
  track("coupon_removed", COUPON),
  track("order_updated", ORDER),
  track("order_completed", ORDER),
  track("order_refunded", { order_id: "O-7", total: 108.9, currency: "EUR", reason: "too big" }),
  track("order_cancelled", { order_id: "O-7", total: 108.9, currency: "EUR" }),
  { type: "alias", user_id: "u-100" },
  { type: "group", group_id: "g-7", traits: { name: "Wegwerk", plan: "team" } },
  track("product_reviewed", { product_id: "compass-01", review_id: "r-1", review_body: "It points north.", rating: "5" }),
];

// The vocabulary's other touchpoints, each with all its properties, at the protocols that have names of their own.
const VOCABULARY = JSON.parse(readFileSync(new URL("../../sdk/event/vocabulary.json", import.meta.url), "utf8"));
const NAMING = ["segment", "snowplow", "ga4", "matomo"];
const SAMPLES = {
  text: "text", id: "id-1", scalar: 2, integer: 3, number: 4.5, boolean: true, url: "https://shop.example/a", time: START_MS,
};

function sampleOf(event, name) {
  const { type, of, enum: values, maximum } = event.properties?.[name] ?? VOCABULARY.properties[name];
  if (values) return values[0];
  if (type !== "list" && type !== "object") return Math.min(SAMPLES[type], maximum ?? Infinity) || SAMPLES[type];
  const one = propertiesOf(VOCABULARY.objects[of] ?? {});
  return type === "list" ? [one] : one;
}

const propertiesOf = (event) =>
  Object.fromEntries([...(event.required ?? []), ...(event.optional ?? [])].map((name) => [name, sampleOf(event, name)]));

const TOUCHPOINTS = VOCABULARY.events
  .filter(({ name }) => !EVENTS.some((event) => event.name === name))
  .map((event) => track(event.name, propertiesOf(event)));

const CONTEXT = {
  page: {
    url: "https://shop.example/p/7?utm_source=mail&x=1", path: "/p/7", search: "?utm_source=mail&x=1",
    title: "Compass", referrer: "https://search.example/?q=compass",
  },
  locale: "de-DE", timezone: "Europe/Berlin", userAgent: "Mozilla/5.0 (X11; Linux x86_64)",
  screen: { width: 1920, height: 1080, density: 1 }, viewport: { width: 1200, height: 800 },
  campaign: { source: "mail", medium: "email", name: "spring", term: "compass", content: "top" },
};

function configOf(protocol, options, need) {
  const onServer = SECRETS.some((name) => name in options);
  return {
    waymark: 1,
    app: { id: "web-shop", version: "1.2.0", channel: onServer ? "server" : "web" },
    consent: {
      revision: "2026-11-01",
      purposes: [
        { id: "analytics", basis: "contract" },
        { id: "audience", basis: "exempt", mode: "deidentify" },
        { id: "ads", basis: "contract", consent_mode: ["ad_user_data", "ad_personalization"] },
      ],
    },
    collectors: [{ id: protocol, protocol, url: URLS[protocol] ?? `https://${protocol}.example`, needs: [need], options }],
    delivery: { flush_ms: 1000 },
  };
}

const at = (ms) => ({ wall_ms: START_MS + ms, mono_ms: 1000 + ms });

function openingLines(name, protocol, options, need, events = EVENTS) {
  const start = {
    now: at(0), entropy: { offset: 0, size: 32 }, sdk: { name: "waymark-web", version: "0.1.0" },
    config: configOf(protocol, options, need),
  };
  return [
    { case: name, start, bodies: ENTROPY },
    { input: { type: "wake", now: at(0) } },
    { input: { type: "set_context", now: at(0), context: CONTEXT } },
    ...events.map(({ type, ...rest }, i) => ({ input: { type, now: at(1 + i), ...rest } })),
    { input: { type: "flush", now: at(Math.max(100, events.length + 1)) } },
  ];
}

function casesOf(protocol) {
  if (protocol === "vocabulary") {
    return NAMING.map((one) => openingLines(`every touchpoint at ${one}`, one, FORMS[one][0], "analytics", TOUCHPOINTS));
  }
  const [first] = FORMS[protocol];
  const form = (options) =>
    openingLines(`every kind of event${options === first ? "" : `, ${JSON.stringify(options)}`}`, protocol, options, "analytics");
  return [...FORMS[protocol].map(form), openingLines("de-identified", protocol, first, "audience")];
}

const fileOf = (protocol) => (protocol === "vocabulary" ? protocol : `collector_${protocol}`);

function record(protocol, lines) {
  const path = new URL(`${fileOf(protocol)}.jsonl`, import.meta.url);
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  const env = { ...process.env, WAYMARK_RECORD: "1" };
  // What it records differs from what was there, so it always says that it failed.
  const { error } = spawnSync(RECORDER, [`--gtest_filter=*/${fileOf(protocol)}`], { env, stdio: "ignore" });
  if (error) throw error;
  const text = readFileSync(path, "utf8");
  return text.split("\n").filter(Boolean).map((line) => JSON.parse(line));
}

/** Answers every request, which brings the next ones, until nothing is left to send; then asks for the view. */
function write(protocol) {
  const cases = casesOf(protocol);
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const recorded = record(protocol, cases.flat());
    let answered = false;
    for (const lines of cases) {
      const own = recorded.splice(0, lines.length);
      const sent = own.flatMap(({ output }) => output?.effects ?? []).filter(({ type }) => type === "http_send");
      const done = own.filter(({ input }) => input?.type === "http_done").length;
      for (const [i, { effect_id }] of sent.slice(done).entries()) {
        lines.push({ input: { type: "http_done", now: at(200 + 10 * (done + i)), effect_id, status: 200 } });
        answered = true;
      }
    }
    if (answered) continue;
    record(protocol, cases.flatMap((lines) => [...lines, { view: {} }]));
    return;
  }
  throw new Error(`${protocol} still sends after ${ROUNDS_MAX} answers.`);
}

const chosen = process.argv.slice(2);
const known = [...Object.keys(FORMS), "vocabulary"];
for (const protocol of chosen.length > 0 ? chosen : known) {
  if (!known.includes(protocol)) throw new Error(`There is no protocol "${protocol}"; there are ${known.join(", ")}.`);
  write(protocol);
}
