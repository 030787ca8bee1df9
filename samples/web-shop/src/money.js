// Cents in, text and numbers out.

const format = new Intl.NumberFormat("en-IE", { style: "currency", currency: "EUR" });

export const priceText = (cents) => format.format(cents / 100);

/** The number that events carry: two decimals, no noise. */
export const amount = (cents) => Number((cents / 100).toFixed(2));
