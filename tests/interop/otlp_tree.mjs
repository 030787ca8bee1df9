// One form for OTLP logs, whoever wrote them: what protobuf leaves away because it is the default is left away
// here, too, and every record carries its resource and scope.

const isEmpty = (value) => value === undefined || value === null || value === "" || value === 0 || value === "0" ||
  (Array.isArray(value) && value.length === 0) || (typeof value === "object" && Object.keys(value).length === 0);

const WIDE = new Set(["timeUnixNano", "observedTimeUnixNano"]);

/** An AnyValue; a value of a kind that is set is kept although it is the default of its kind. */
function valueOf(value) {
  if (!value) return {};
  if ("intValue" in value) return { intValue: String(value.intValue) };
  if ("arrayValue" in value) return { arrayValue: (value.arrayValue.values ?? []).map(valueOf) };
  if ("kvlistValue" in value) return { kvlistValue: attributesOf(value.kvlistValue.values) };
  if ("doubleValue" in value) return { doubleValue: Number(value.doubleValue) };
  if ("bytesValue" in value) return { bytesValue: value.bytesValue ?? "" };
  return value;
}

const attributesOf = (list) => (list ?? []).map(({ key, value }) => [key ?? "", valueOf(value)]);

function plain(object) {
  const entries = Object.entries(object ?? {}).map(([key, value]) => {
    if (key === "attributes") return [key, attributesOf(value)];
    if (key === "body") return [key, valueOf(value)];
    return [key, WIDE.has(key) ? String(value) : value];
  });
  return Object.fromEntries(entries.filter(([, value]) => !isEmpty(value)).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** One record with what it lies in: {resource, scope, logRecord}. */
export const recordOf = ({ resource, scope, logRecord }) => ({ resource: plain(resource), scope: plain(scope), logRecord: plain(logRecord) });

/** All records of a logs request, or of a line that the Collector's file exporter writes. */
export function recordsOf({ resourceLogs = [] }) {
  return resourceLogs.flatMap(({ resource, scopeLogs = [] }) =>
    scopeLogs.flatMap(({ scope, logRecords = [] }) => logRecords.map((logRecord) => recordOf({ resource, scope, logRecord }))));
}

/** The order of records is no promise once a collector has batched them. */
export const sorted = (records) => records.map((record) => JSON.stringify(record)).sort();
