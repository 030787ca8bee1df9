import { add, isSaved, toggleSaved } from "../basket.js";
import { findProduct, PRODUCTS } from "../catalogue.js";
import { announce, h } from "../dom.js";
import { priceText } from "../money.js";
import { productFields, track, withCurrency } from "../tracking.js";
import { card } from "./list.js";

function saveButton(product) {
  const text = () => (isSaved(product) ? "Saved" : "Save for later");
  const button = h("button.button.quiet", { type: "button", "aria-pressed": isSaved(product) }, text());
  button.addEventListener("click", () => {
    toggleSaved(product);
    button.textContent = text();
    button.setAttribute("aria-pressed", String(isSaved(product)));
  });
  return button;
}

function addButton(product) {
  const button = h("button.button", { type: "button", "data-testid": "add-to-cart" }, "Put in the cart");
  button.addEventListener("click", () => {
    add(product);
    announce(`${product.name} is in the cart.`);
    button.textContent = "In the cart, add one more";
  });
  return button;
}

const alike = (product) => PRODUCTS.filter((other) => other.category === product.category && other !== product).slice(0, 3);

export function product({ slug }) {
  const item = findProduct(slug);
  if (!item) return undefined;
  return {
    title: item.name,
    seen: () => track("product_viewed", withCurrency(productFields(item))),
    content: h("div.page", {},
      h("article.product", {},
        h("div.product-picture", {}, h("img", { src: item.image, alt: `Drawing of the ${item.name}`, width: 420, height: 420 })),
        h("div.product-text", {},
          h("p.eyebrow", {}, h("a", { href: `/departments/${item.category.toLowerCase()}` }, item.category), ` · ${item.brand}`),
          h("h1", {}, item.name),
          h("p.lede", {}, item.line),
          h("ul.details", {}, item.details.map((detail) => h("li", {}, detail))),
          h("p.product-price", {}, priceText(item.cents), h("span.small", {}, " tax included")),
          h("div.buttons", {}, addButton(item), saveButton(item)))),
      h("h2.section-title", {}, "On the same shelf"),
      h("ul.grid", {}, alike(item).map((other) => h("li", {}, card(other))))),
  };
}
