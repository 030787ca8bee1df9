// What captures say: the parts of them that need no page.

import { describe, expect, test } from "@jest/globals";
import { admitsPage } from "../src/capture/bots.ts";
import { elements } from "../src/capture/elements.ts";
import { scrub } from "../src/capture/errors.ts";
import { readDocuments, readEntry } from "../src/capture/shop.ts";

/** An element with what the captures read of one; the last child comes first. */
function element(localName: string, more: any = {}, parent?: any, before?: any): any {
  const given = Object.entries(more.attributes ?? {});
  const attributes = given.map(([name, value]) => ({ name, value }));
  const place = { parentNode: parent, previousElementSibling: before };
  return { id: "", dataset: {}, ...more, localName, attributes, ...place };
}

describe("where an element stands", () => {
  const html = element("html");
  const body = element("body", {}, html);
  const list = element("ul", {}, body);
  const first = element("li", {}, list);
  const second = element("li", {}, list, first);

  test("by tags and places, up to the page", () => {
    const path = elements._climb(second);
    expect(elements._selector_of(path)).toBe("html > body > ul > li:nth-of-type(2)");
    expect(elements._selector_of(elements._climb(first))).toBe("html > body > ul > li");
  });

  test.each([
    ["buy", "#buy > b"],
    ["add-to-cart", "#add-to-cart > b"],
    ["step2", "#step2 > b"],
    ["radix-:r1:", "html > body > button > b"],
    ["user-4711", "html > body > button > b"],
    ["joe@example.org", "html > body > button > b"],
  ])("from an id that a person has given: %s", (id, selector) => {
    const inner = element("b", {}, element("button", { id }, body));
    expect(elements._selector_of(elements._climb(inner))).toBe(selector);
  });

  test("out of a shadow", () => {
    const host = element("x-card", {}, body);
    const root = { host };
    const button = element("button", {}, root);
    expect(elements._selector_of(elements._climb(button))).toBe("html > body > x-card >>> button");
    expect(elements._selector_of(elements._climb(element("b", {}, button)))).toBe(
      "html > body > x-card >>> button > b",
    );
  });

  test("nothing of what is private", () => {
    const own = element("div", { dataset: { wmPrivate: "" } }, body);
    expect(elements._climb(element("b", {}, own))).toEqual([]);
  });
});

test("what an element declares goes before what is around it", () => {
  const card = element("div", {
    attributes: { "data-wm-property-plan": "free", "data-wm-property-row": "3", title: "x" },
  });
  const button = element("button", { attributes: { "data-wm-property-plan": "pro" } }, card);
  expect(elements._declared(elements._climb(button))).toEqual({ plan: "pro", row: "3" });
});

test("addresses and texts are cut to what may be told", () => {
  expect(elements._bare("https://a.example/p?token=1#x")).toBe("https://a.example/p");
  expect(elements._bare("https://a.example/p#/r?x")).toBe("https://a.example/p");
  expect(elements._bare("x".repeat(900)).length).toBe(500);
  expect(elements._clip("  a \n\t b ")).toBe("a b");
  expect(elements._clip("")).toBeUndefined();
  expect(elements._clip(undefined)).toBeUndefined();
  expect(elements._clip("x".repeat(200))?.length).toBe(100);
});

test("of a fragment only a route is an address", () => {
  const route = (hash: string) => elements._route_of(new URL(hash, "https://a.example/"));
  expect(route("#/cart?step=1")).toBe("#/cart");
  expect(route("#!/cart")).toBe("#!/cart");
  expect(route("#access_token=abc")).toBe("");
  expect(route("#section")).toBe("");
});

test.each([
  ["Cannot read properties (reading 'name')", "Cannot read properties (reading “…”)"],
  ["Unexpected 's', \"secret...\" is not valid", "Unexpected “…”, “…” is not valid"],
  ["can't load it, isn't there", "can't load it, isn't there"],
  ["no user joe@example.org, card 4111 1111 1111 1111", "no user … card … … … …"],
  ["failed: https://a.example/p?token=abc#x now", "failed: https://a.example/p now"],
  ["eyJhbGciOiJIUzI1NiJ9eyJzdWIiOiIx is bad", "… is bad"],
  ["an open 'quote without end", "an open “…”"],
])("an error says %s", (text, clean) => {
  expect(scrub(text)).toBe(clean);
});

describe("GA4's events", () => {
  const item = { item_id: "c-1", item_name: "Compass", price: 49, index: 2 };
  const product = { product_id: "c-1", name: "Compass", price: 49, position: 2 };

  test("of products: each of them", () => {
    const told = readEntry("add_to_cart", { currency: "EUR", value: 98, items: [item, item] });
    expect(told).toEqual([
      ["product_added", { currency: "EUR", ...product }],
      ["product_added", { currency: "EUR", ...product }],
    ]);
  });

  test("of an order: revenue without, total with tax and shipping", () => {
    const given = { transaction_id: "T", value: 0.1, tax: 0.2, shipping: "0.3", items: [item] };
    expect(readEntry("purchase", given)).toEqual([
      [
        "order_completed",
        { order_id: "T", revenue: 0.1, tax: 0.2, shipping: "0.3", total: 0.6, products: [product] },
      ],
    ]);
  });

  test("of anything else: nothing; and nothing that is not named here", () => {
    expect(readEntry("login", { method: "x" })).toEqual([]);
    expect(readEntry("toString", {})).toEqual([]);
    expect(readEntry(undefined as any, null)).toEqual([]);
    expect(readEntry("view_item", null)).toEqual([]);
    expect(readEntry("view_cart", { user: "joe", items: "none", value: { a: 1 } })).toEqual([
      ["cart_viewed", { products: [{}] }],
    ]);
  });
});

describe("JSON-LD", () => {
  const product = { "@type": "Product", sku: "c-1", name: "Compass", offers: { price: "49.90" } };

  test("one product, however it is wrapped", () => {
    const one = [["product_viewed", expect.objectContaining({ product_id: "c-1", price: 49.9 })]];
    expect(readDocuments([product])).toEqual(one);
    expect(readDocuments([[{ "@graph": [product, { "@type": "WebPage" }] }]])).toEqual(one);
    const types = ["Thing", "https://schema.org/Product"];
    expect(readDocuments([{ ...product, "@type": types }])).toEqual(one);
  });

  test("an order goes before its products", () => {
    const order = {
      ...{ "@type": "Order", orderNumber: "T1", price: "98", priceCurrency: "EUR" },
      acceptedOffer: [{ itemOffered: product, price: "49" }],
    };
    const [[name, properties]] = readDocuments([order, product]) as any;
    expect([name, properties.order_id, properties.total]).toEqual(["order_completed", "T1", 98]);
    expect(properties.products[0]).toMatchObject({ product_id: "c-1", price: 49 });
  });

  test("nothing of what is no shop's, and no error", () => {
    const others = [undefined, null, 5, "x", [], {}, { "@type": "Person", name: "Joe" }];
    expect(readDocuments(others)).toEqual([]);
  });
});

describe("robots", () => {
  const person = "Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0 Safari/537.36";
  function visit(navigator: object, bots: any, prerendering = false) {
    const first = '{"type":"signal","now":{"wall_ms":1,"mono_ms":1}}';
    const page = '{"type":"page","now":{"wall_ms":2,"mono_ms":2}}';
    const seen: (() => void)[] = [];
    const done: any[] = [];
    const client: any = {
      _kept: [[[first]], [[page], true]],
      _problem: (code: string, pointer: string) => done.push([code, pointer]),
      _request: (input: object) => done.push(input),
      close: () => done.push("closed"),
      track: () => done.push("tracked"),
    };
    const addEventListener = (_: string, run: () => void) => seen.push(run);
    const document = { prerendering, addEventListener };
    const saved = Object.getOwnPropertyDescriptor(globalThis, "navigator");
    const put = (value: object) =>
      Object.defineProperty(globalThis, "navigator", { value, configurable: true, writable: true });
    put({ userAgent: person, languages: ["de"], ...navigator });
    (globalThis as any).document = document;
    const admitted = admitsPage(client, bots);
    const kept = () => client._kept.map(([[text]]: any) => JSON.parse(text));
    const show = () => {
      document.prerendering = false;
      seen.forEach((run) => run());
    };
    const end = () => {
      delete (globalThis as any).navigator;
      if (saved) Object.defineProperty(globalThis, "navigator", saved);
      delete (globalThis as any).document;
    };
    return { admitted, client, done, kept, show, end };
  }

  test("are flagged before the first event, at its time", () => {
    const { admitted, kept, end } = visit({ webdriver: true }, true);
    end();
    expect(admitted).toBe(true);
    expect(kept().map(({ type }: any) => type)).toEqual(["signal", "set_context", "page"]);
    expect(kept()[1]).toMatchObject({
      now: { wall_ms: 2, mono_ms: 2 },
      context: { bot: { webdriver: true } },
    });
  });

  test("are kept out where the config says so", () => {
    const { admitted, done, end } = visit({ userAgent: "Googlebot/2.1" }, { headless: "drop" });
    end();
    expect(admitted).toBe(false);
    expect(done).toEqual([["robot", "/capture/bots/headless"], "closed"]);
  });

  test("a page that nobody sees yet is silent until it is seen", () => {
    const { client, done, kept, show, end } = visit({}, { prerender: "drop" }, true);
    client.track("early");
    expect(kept().map(({ type }: any) => type)).toEqual(["signal"]);
    show();
    end();
    Object.setPrototypeOf(client, { track: () => done.push("tracked") });
    client.track("late");
    expect(done.filter((one) => one === "tracked")).toHaveLength(1);
  });

  test("a person's browser has no flag", () => {
    const { admitted, kept, end } = visit({}, { webdriver: "drop", headless: "drop" });
    end();
    expect(admitted).toBe(true);
    expect(kept().map(({ type }: any) => type)).toEqual(["signal", "page"]);
  });
});
