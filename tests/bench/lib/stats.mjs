// Medians, percentiles and how numbers are written.

const ascending = (values) => [...values].sort((a, b) => a - b);

export function median(values) {
  const known = ascending(values.filter((value) => Number.isFinite(value)));
  if (known.length === 0) return undefined;
  const middle = known.length >> 1;
  return known.length % 2 ? known[middle] : (known[middle - 1] + known[middle]) / 2;
}

/** Of a list that is not empty: the value that `share` of all do not exceed. */
export function percentile(values, share) {
  const sorted = ascending(values);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
}

export function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export const least = (values) => Math.min(...values.filter((value) => Number.isFinite(value)));
export const most = (values) => Math.max(...values.filter((value) => Number.isFinite(value)));

/** "12", "0.4", or "–" for what was not measured. */
export function number(value, digits = 0) {
  return Number.isFinite(value) ? value.toFixed(digits).replace(/^-(0(\.0+)?)$/, "$1") : "–";
}

/** "50", or "49 (1-50)" where the repetitions differ. */
export function spread(values, digits = 0) {
  const known = values.filter((value) => Number.isFinite(value));
  if (known.length === 0) return "–";
  const [low, high] = [least(known), most(known)];
  const middle = number(median(known), Number.isInteger(median(known)) ? digits : Math.max(digits, 1));
  return low === high ? middle : `${middle} (${number(low, digits)}-${number(high, digits)})`;
}
