// Values as people read them. Every function gives plain text.

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const whole = new Intl.NumberFormat("en");

export function number(value) {
  return whole.format(value);
}

// "14:03:07.250"; on a narrow screen without the milliseconds.
export function time(ms, short = false) {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return "–";
  return short ? clock.format(date) : `${clock.format(date)}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

export function dateTime(ms) {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? "–" : date.toISOString().replace("T", " ");
}

export function bytes(value) {
  if (value < 10_000) return `${whole.format(Math.round(value))} B`;
  return value < 10_000_000 ? `${whole.format(Math.round(value / 1024))} KB` : `${whole.format(Math.round(value / 1048576))} MB`;
}

// The end of an id differs where its beginning is a date or a prefix, so both are shown.
export function shortId(id) {
  return id.length <= 13 ? id : `${id.slice(0, 6)}…${id.slice(-5)}`;
}

export function plural(count, one, many) {
  return `${number(count)} ${count === 1 ? one : many}`;
}
