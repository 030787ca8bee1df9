import { cartValue, lines, remove, totals } from "../basket.js";
import { h } from "../dom.js";
import { amount, priceText } from "../money.js";
import { go, render } from "../router.js";
import { lineFields, track, withCurrency } from "../tracking.js";

function line({ product, quantity }) {
  const take = h("button.link", { type: "button", "aria-label": `Take ${product.name} out` }, "Take out");
  take.addEventListener("click", () => {
    remove(product);
    render();
  });
  return h("li.line", { "data-testid": "cart-line" },
    h("img", { src: product.image, alt: "", width: 72, height: 72 }),
    h("div", {}, h("a.line-name", { href: `/products/${product.slug}` }, product.name),
      h("p.small", {}, `${product.variant} · ${quantity} × ${priceText(product.cents)}`), take),
    h("p.line-price", {}, priceText(product.cents * quantity)));
}

export function summary() {
  const { revenue, shipping, total, tax } = totals();
  const row = (name, value, kind = "") => h(`div.sum${kind}`, {}, h("dt", {}, name), h("dd", {}, value));
  return h("dl.sums", {}, row("Goods", priceText(revenue)),
    row("Shipping", shipping === 0 ? "free" : priceText(shipping)), row("Total", priceText(total), ".total"),
    row("Tax contained", priceText(tax), ".small"));
}

export function cart() {
  const inCart = lines();
  const seen = () => track("cart_viewed", withCurrency({ cart_value: cartValue(), products: lineFields(inCart) }));
  if (inCart.length === 0) {
    return {
      title: "Cart",
      seen,
      content: h("div.page", {}, h("h1.page-title", {}, "Your cart is empty"),
        h("p.lede", {}, "Somewhere out there a path is waiting."), h("a.button", { href: "/" }, "Look around")),
    };
  }
  const buy = h("button.button", { type: "button", "data-testid": "checkout" }, "To the checkout");
  buy.addEventListener("click", () => {
    track("checkout_started", withCurrency({ value: amount(totals().total), products: lineFields(lines()) }));
    go("/checkout/address");
  });
  return {
    title: "Cart",
    seen,
    content: h("div.page.narrow", {}, h("h1.page-title", {}, "Your cart"),
      h("ul.lines", {}, inCart.map(line)), summary(), h("div.buttons", {}, buy)),
  };
}
