// Medians, percentiles and how numbers are written.

const known = (values) => values.filter((value) => Number.isFinite(value));
const ascending = (values) => [...values].sort((a, b) => a - b);

export function median(values) {
  const sorted = ascending(known(values));
  if (sorted.length === 0) return undefined;
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Of a list that is not empty: the value that `share` of all do not exceed. */
export function percentile(values, share) {
  const sorted = ascending(values);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
}

export function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of nothing: undefined, as with the median. */
export const least = (values) => (known(values).length ? Math.min(...known(values)) : undefined);
export const most = (values) => (known(values).length ? Math.max(...known(values)) : undefined);

/** "12", "0.4", or "–" for what was not measured. */
export function number(value, digits = 0) {
  return Number.isFinite(value) ? value.toFixed(digits).replace(/^-(0(\.0+)?)$/, "$1") : "–";
}

/** "50", or "49 (1-50)" where the repetitions differ. */
export function spread(values, digits = 0) {
  const [low, high, half] = [least(values), most(values), median(values)];
  if (half === undefined) return "–";
  const middle = number(half, Number.isInteger(half) ? digits : Math.max(digits, 1));
  return low === high ? middle : `${middle} (${number(low, digits)}-${number(high, digits)})`;
}
