// What a run has cost on the wire, from the collector's side.

const sum = (requests, member) => requests.reduce((total, request) => total + request[member], 0);

export function wireOf(collector) {
  const requests = collector.requests.filter(({ events }) => events > 0);
  const encodings = [...new Set(requests.map(({ encoding }) => encoding))];
  return {
    ...{ delivered: collector.unique, repeats: collector.repeats, requests: requests.length },
    ...{ other_requests: collector.requests.length - requests.length, preflights: collector.preflights },
    ...{ body_bytes: sum(requests, "wire_bytes"), decoded_bytes: sum(requests, "decoded_bytes") },
    ...{ header_bytes: sum(requests, "header_bytes"), encodings: encodings.join(", ") },
    batches: requests.map(({ events, wire_bytes }) => [events, wire_bytes]),
    sample: collector.sample,
  };
}
