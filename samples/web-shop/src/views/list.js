import { DEPARTMENTS, PRODUCTS } from "../catalogue.js";
import { h } from "../dom.js";
import { priceText } from "../money.js";
import { savedProducts } from "../basket.js";
import { productFields, track, withCurrency } from "../tracking.js";

export const card = (product) =>
  h("a.card", { href: `/products/${product.slug}`, "data-testid": "product-card", "data-product-id": product.id },
    h("span.card-picture", {}, h("img", { src: product.image, alt: "", width: 220, height: 220 })),
    h("span.card-name", {}, product.name),
    h("span.card-meta", {}, `${product.brand} · ${product.variant}`),
    h("span.card-price", {}, priceText(product.cents)));

const grid = (products) => h("ul.grid", {}, products.map((product) => h("li", {}, card(product))));

const report = (listId, category, products) => () =>
  track("product_list_viewed", withCurrency({
    list_id: listId,
    category,
    products: products.map((product, index) => productFields(product, { position: index + 1 })),
  }));

// One of them is shown by Waymark, by what it knows on this device alone; without it neither is.
const notes = () =>
  h("div.hero-note", {},
    h("p", { "data-wm-segment": "buyer", hidden: true, "data-testid": "note-buyer" }, "Thank you for your order. Boots like it when they are waxed before the first walk."),
    h("p", { "data-wm-segment": "undecided", hidden: true, "data-testid": "note-undecided" }, "Not sure yet? What is in your cart comes back free of charge for a year."));

const hero = () =>
  h("section.hero", {},
    h("div.hero-text", {},
      h("p.eyebrow", {}, "Autumn, sheet by sheet"),
      h("h1", {}, "Goods for people who walk there."),
      h("p.lede", {}, "Maps, lamps, wool and brass, chosen by people who came back wet and went again."),
      h("a.button", { href: "/departments/wayfinding" }, "Find your way"),
      notes()),
    h("img.hero-picture", { src: "img/high-moor-map.svg", alt: "", width: 420, height: 420 }));

export function home() {
  return {
    title: "Goods for people who walk there",
    seen: report("home", "All", PRODUCTS),
    content: h("div.page", {}, hero(), h("h2.section-title", {}, "Everything we carry"), grid(PRODUCTS)),
  };
}

export function department({ name }) {
  const category = DEPARTMENTS.find((item) => item.toLowerCase() === name);
  if (!category) return undefined;
  const products = PRODUCTS.filter((product) => product.category === category);
  return {
    title: category,
    seen: report(`department-${name}`, category, products),
    content: h("div.page", {}, h("h1.page-title", {}, category),
      h("p.count-line", {}, `${products.length} things, from ${priceText(Math.min(...products.map((item) => item.cents)))}`),
      grid(products)),
  };
}

export function search() {
  const query = new URLSearchParams(location.search).get("q") ?? "";
  const word = query.trim().toLowerCase();
  const products = PRODUCTS.filter((product) =>
    `${product.name} ${product.line} ${product.category} ${product.brand}`.toLowerCase().includes(word));
  return {
    title: `Search: ${query}`,
    seen: () => track("products_searched", { query }),
    content: h("div.page", {}, h("h1.page-title", {}, `“${query}”`),
      h("p.count-line", {}, products.length === 0 ? "Nothing by that name. Try “map” or “wool”." : `${products.length} found`),
      grid(products)),
  };
}

export function saved() {
  const products = savedProducts();
  return {
    title: "Saved",
    content: h("div.page", {}, h("h1.page-title", {}, "Saved for later"),
      products.length === 0 ? h("p.lede", {}, "Nothing saved yet. The heart on a product's page keeps it here until you close the tab.") : grid(products)),
  };
}

