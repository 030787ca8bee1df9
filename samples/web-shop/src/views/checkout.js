import { empty, lines, totals } from "../basket.js";
import { h } from "../dom.js";
import { amount, priceText } from "../money.js";
import { go } from "../router.js";
import { identify, lineFields, track, withCurrency } from "../tracking.js";
import { summary } from "./cart.js";

const STEPS = ["address", "payment", "review"];
const METHODS = { card: "Card (pretend)", invoice: "Invoice (pretend)" };

// A customer whom nobody can mistake for a real one; what is typed lives until the order is placed.
const sample = () => ({ name: "Sam Sample", street: "1 Waymarker Lane", city: "10115 Berlin", email: "sam@example.com", remember: false, method: "card" });
let answers = sample();
let placed;

const steps = (current) =>
  h("ol.steps", { "aria-label": "Steps of the checkout" },
    STEPS.map((name) => h("li.step", { "aria-current": name === current ? "step" : undefined }, name)));

const field = (name, label, more = {}) =>
  h("label.field", {}, h("span", {}, label),
    h("input", { name, value: answers[name], required: true, "data-testid": `field-${name}`, ...more }));

const addressFields = () => [
  field("name", "Name", { autocomplete: "name" }),
  field("street", "Street", { autocomplete: "street-address" }),
  field("city", "City", { autocomplete: "address-level2" }),
  field("email", "E-mail", { type: "email", autocomplete: "email" }),
  h("label.tick", {}, h("input", { type: "checkbox", name: "remember", checked: answers.remember, "data-testid": "field-remember" }),
    h("span", {}, "Remember me: make an account with a random number")),
];

const paymentFields = () => [
  h("fieldset.choices", {}, h("legend", {}, "How you pretend to pay"),
    Object.entries(METHODS).map(([value, label]) =>
      h("label.tick", {}, h("input", { type: "radio", name: "method", value, checked: answers.method === value, "data-testid": `field-method-${value}` }),
        h("span", {}, label)))),
  h("p.small", {}, "No payment is made and no card is asked for."),
];

const reviewFields = () => [
  h("p", {}, `${answers.name}, ${answers.street}, ${answers.city}`),
  h("p.small", {}, METHODS[answers.method]),
  h("ul.review-lines", {}, lines().map(({ product, quantity }) =>
    h("li", {}, `${quantity} × ${product.name}`, h("span", {}, priceText(product.cents * quantity))))),
  summary(),
];

const FIELDS = { address: addressFields, payment: paymentFields, review: reviewFields };

function keepAnswers(form) {
  const given = new FormData(form);
  for (const name of Object.keys(answers)) {
    if (form.elements[name]) answers[name] = name === "remember" ? given.has(name) : String(given.get(name));
  }
}

const stepNumber = (name) => STEPS.indexOf(name) + 1;

function finish(name) {
  track("checkout_step_completed", { step: stepNumber(name), name });
  if (name === "address" && answers.remember) identify(`account-${crypto.randomUUID()}`, { account: "new" });
  if (name === "payment") trackPayment();
  if (name !== "review") return go(`/checkout/${STEPS[stepNumber(name)]}`);
  placeOrder();
}

// With what is paid for: Google Analytics takes no payment info without.
function trackPayment() {
  const value = amount(totals().total);
  track("payment_info_entered", withCurrency({ payment_method: answers.method, value, products: lineFields(lines()) }));
}

function placeOrder() {
  const { revenue, shipping, total, tax } = totals();
  const id = `FP-${crypto.randomUUID().slice(0, 8).toUpperCase()}`;
  placed = { id, total, items: lines(), name: answers.name };
  track("order_completed", withCurrency({
    order_id: id,
    total: amount(total),
    revenue: amount(revenue),
    tax: amount(tax),
    shipping: amount(shipping),
    payment_method: answers.method,
    products: lineFields(lines()),
  }));
  empty();
  answers = sample();
  go(`/order/${id}`);
}

export function checkout({ step }) {
  if (!FIELDS[step] || lines().length === 0) return undefined;
  const seen = () => track("checkout_step_viewed", { step: stepNumber(step), name: step });
  const last = step === "review";
  const form = h("form.checkout", {}, FIELDS[step](),
    h("div.buttons", {}, h("button.button", { type: "submit", "data-testid": last ? "place-order" : "next-step" },
      last ? `Place the order, ${priceText(totals().total)}` : "Go on")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    keepAnswers(form);
    finish(step);
  });
  return { title: `Checkout: ${step}`, seen, content: h("div.page.narrow", {}, h("h1.page-title", {}, "Checkout"), steps(step), form) };
}

export function order({ id }) {
  if (placed?.id !== id) return undefined;
  return {
    title: "Thank you",
    content: h("div.page.narrow.thanks", {}, h("p.eyebrow", {}, "Order placed"),
      h("h1", {}, `Thank you, ${placed.name.split(" ")[0]}.`),
      h("p.order-number", {}, h("span.small", {}, "Order "), h("strong", { "data-testid": "order-number" }, placed.id)),
      h("ul.review-lines", {}, placed.items.map(({ product, quantity }) =>
        h("li", {}, `${quantity} × ${product.name}`, h("span", {}, priceText(product.cents * quantity))))),
      h("p.lede", {}, `${priceText(placed.total)}, not charged to anybody. Mind the stiles.`),
      h("a.button", { href: "/" }, "Back to the shelves")),
  };
}
