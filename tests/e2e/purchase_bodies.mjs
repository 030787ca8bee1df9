// One purchase as each protocol tells it, written by hand from the protocols' documents: what the
// collector's view of dialects is tested with.

const MESSAGE_ID = "019a4c1e-7b5f-8c3d-9a2b-4f6e8d1c0b7a";
const ORDER_ID = "FP-104217";
const DEVICE = "5f0c2a9e-41d7-4b7e-8f1a-2c9d3e6b7a10";
const SESSION = "1795370400000";
const USER = "kim-20391";

export const PURCHASE = { message_id: MESSAGE_ID, order_id: ORDER_ID };

const time = () => {
  const ms = Date.now();
  return { ms, iso: new Date(ms).toISOString() };
};

const PRODUCT = { product_id: "tea-07", sku: "tea-07", name: "Mountain tea", price: 4.9, quantity: 2 };
const ORDER = { order_id: ORDER_ID, total: 14.7, revenue: 9.8, shipping: 4.9, tax: 2.35, currency: "EUR", products: [PRODUCT] };
const CONTEXT = { sessionId: Number(SESSION), page: { path: "/thanks", url: "https://shop.example/thanks", title: "Thank you" }, locale: "de" };

const segmentEvent = (now, context) => ({
  type: "track", messageId: MESSAGE_ID, anonymousId: DEVICE, userId: USER, event: "Order Completed",
  properties: ORDER, context, timestamp: now.iso,
});

const snowplowEntity = (schema, data) => ({ schema: `iglu:${schema}`, data });

function snowplow(now) {
  const ecommerce = "com.snowplowanalytics.snowplow.ecommerce";
  const action = snowplowEntity(`${ecommerce}/snowplow_ecommerce_action/jsonschema/1-0-2`, { type: "transaction" });
  const entities = [
    snowplowEntity(`${ecommerce}/transaction/jsonschema/1-0-0`, { transaction_id: ORDER_ID, revenue: 14.7, currency: "EUR", payment_method: "card", total_quantity: 2 }),
    snowplowEntity(`${ecommerce}/product/jsonschema/1-0-0`, { id: "tea-07", name: "Mountain tea", category: "tea", price: 4.9, quantity: 2, currency: "EUR" }),
  ];
  const base64 = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return {
    schema: "iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4",
    data: [{
      ...{ e: "ue", eid: MESSAGE_ID, tv: "waymark-1", p: "web", aid: "shop", dtm: String(now.ms), stm: String(now.ms) },
      ...{ duid: DEVICE, uid: USER, sid: SESSION, url: CONTEXT.page.url },
      ue_px: base64({ schema: "iglu:com.snowplowanalytics.snowplow/unstruct_event/jsonschema/1-0-0", data: action }),
      cx: base64({ schema: "iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-0", data: entities }),
    }],
  };
}

// Protobuf by hand: a field of bytes, and of 64 fixed bits.
const varint = (value) => (value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))]);
const bytes = (number, value) => {
  const content = [...Buffer.from(value)];
  return Buffer.from([...varint(number * 8 + 2), ...varint(content.length), ...content]);
};
const fixed64 = (number, value) => {
  const field = Buffer.alloc(9, number * 8 + 1);
  field.writeBigUInt64LE(value, 1);
  return field;
};
const all = (...parts) => Buffer.concat(parts);

function otlpProtobuf(now) {
  const attribute = (key, value) => bytes(6, all(bytes(1, key), bytes(2, bytes(1, value))));
  const record = all(
    fixed64(1, BigInt(now.ms) * 1_000_000n), Buffer.from([16, 9]),
    attribute("log.record.uid", MESSAGE_ID), attribute("session.id", SESSION), attribute("user.id", USER),
    attribute("order_id", ORDER_ID), attribute("currency", "EUR"), bytes(12, "order.completed"),
  );
  const resource = bytes(1, bytes(1, all(bytes(1, "service.name"), bytes(2, bytes(1, "shop-web")))));
  return bytes(1, all(resource, bytes(2, bytes(2, record))));
}

function otlpJson(now) {
  const attribute = (key, value) => ({ key, value });
  const attributes = [
    attribute("log.record.uid", { stringValue: MESSAGE_ID }), attribute("session.id", { stringValue: SESSION }),
    attribute("user.id", { stringValue: USER }), attribute("order_id", { stringValue: ORDER_ID }), attribute("total", { doubleValue: 14.7 }),
  ];
  const record = { timeUnixNano: `${now.ms}000000`, severityNumber: 9, eventName: "order.completed", attributes };
  return { resourceLogs: [{ resource: { attributes: [attribute("service.name", { stringValue: "shop-web" })] }, scopeLogs: [{ scope: { name: "waymark" }, logRecords: [record] }] }] };
}

const form = (fields) => new URLSearchParams(fields).toString();

function matomo(now) {
  const items = JSON.stringify([["tea-07", "Mountain tea", "tea", 4.9, 2]]);
  const query = form({ idsite: 1, rec: 1, apiv: 1, _id: DEVICE.replaceAll("-", "").slice(0, 16), uid: USER, cdt: Math.floor(now.ms / 1000), url: CONTEXT.page.url,
    idgoal: 0, ec_id: ORDER_ID, revenue: 14.7, ec_st: 9.8, ec_sh: 4.9, ec_tx: 2.35, ec_items: items });
  return { requests: [`?${query}`] };
}

const JSON_TYPE = "application/json";
const post = (protocol, path, type, body, headers = {}) =>
  ({ protocol, path: `/${protocol}${path}`, headers: { "content-type": type, ...headers }, body: typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body) });

/** Requests to the sample collector, one for each dialect. */
export function purchaseRequests() {
  const now = time();
  const basic = { authorization: `Basic ${Buffer.from("shop-demo:").toString("base64")}` };
  const person = { distinct_id: USER, $device_id: DEVICE };
  return [
    post("segment", "/v1/batch", JSON_TYPE, { writeKey: "shop-demo", sentAt: now.iso, batch: [segmentEvent(now, { ...CONTEXT, consent: { categoryPreferences: { analytics: true, marketing: false } } })] }),
    post("snowplow", "/com.snowplowanalytics.snowplow/tp2", JSON_TYPE, snowplow(now)),
    post("rudderstack", "/v1/batch", JSON_TYPE, { sentAt: now.iso, batch: [{ ...segmentEvent(now, { ...CONTEXT, consentManagement: { allowedConsentIds: ["analytics"], deniedConsentIds: ["marketing"] } }), channel: "web", originalTimestamp: now.iso }] }, basic),
    post("posthog", "/batch/", "text/plain", { api_key: "phc_demo", batch: [{ event: "Order Completed", uuid: MESSAGE_ID, timestamp: now.iso, distinct_id: USER, properties: { ...ORDER, ...{ $session_id: SESSION, $device_id: DEVICE, consent: ["analytics"] } } }] }),
    post("amplitude", "/2/httpapi", JSON_TYPE, { api_key: "demo", events: [{ event_type: "Order Completed", insert_id: MESSAGE_ID, time: now.ms, device_id: DEVICE, user_id: USER, session_id: Number(SESSION), event_properties: ORDER, price: 4.9, quantity: 2, productId: "tea-07", revenue: 9.8 }] }),
    post("mixpanel", "/track/?verbose=1", "application/x-www-form-urlencoded", form({ data: JSON.stringify([{ event: "Order Completed", properties: { token: "demo", time: now.ms / 1000, $insert_id: MESSAGE_ID, $user_id: USER, ...person, ...ORDER } }]) })),
    post("ga4", "/mp/collect?measurement_id=G-DEMO&api_secret=demo", JSON_TYPE, { client_id: "123.456", user_id: USER, timestamp_micros: String(now.ms * 1000), consent: { ad_user_data: "DENIED", ad_personalization: "DENIED" },
      events: [{ name: "purchase", params: { transaction_id: ORDER_ID, value: 14.7, currency: "EUR", shipping: 4.9, tax: 2.35, session_id: SESSION, engagement_time_msec: 100, items: [{ item_id: "tea-07", item_name: "Mountain tea", price: 4.9, quantity: 2 }] } }] }),
    post("matomo", "/matomo.php", "application/x-www-form-urlencoded; charset=UTF-8", matomo(now)),
    post("cloudevents", "", "application/cloudevents-batch+json", [{ specversion: "1.0", id: MESSAGE_ID, source: "https://shop.example/web", type: "com.example.order.completed", time: now.iso, subject: `user/${USER}`, sessionid: SESSION, datacontenttype: JSON_TYPE, data: ORDER }]),
    post("otlp", "/v1/logs", JSON_TYPE, otlpJson(now)),
    post("plausible", "/api/event", "text/plain", { n: "Order Completed", u: CONTEXT.page.url, d: "shop.example", p: { order_id: ORDER_ID, products: 2 }, $: { amount: 14.7, currency: "EUR" } }),
    post("umami", "/api/send", JSON_TYPE, { type: "event", payload: { website: "5b1f0d3c-6f0e-4d8c-9b3e-1a2b3c4d5e6f", hostname: "shop.example", url: "/thanks", name: "Order Completed", id: USER, data: { order_id: ORDER_ID, total: 14.7 } } }),
    post("jitsu", "/api/s/track", JSON_TYPE, segmentEvent(now, CONTEXT), { "x-write-key": "demo" }),
  ];
}

/** The same order in OTLP's other encoding. */
export const protobufPurchase = () => post("otlp", "/v1/logs", "application/x-protobuf", otlpProtobuf(time()));

export const send = (url, { path, headers, body }) => fetch(`${url}${path}`, { method: "POST", headers, body });
