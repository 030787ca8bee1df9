// How each kind of vendor is asked to delete: requests, and what of an answer is kept as proof.
//
//   Segment  Public API, regulations of a source: only these know anonymous ids.
//            https://docs.segmentapis.com/tag/Deletion-and-Suppression
//   GA4      Analytics Admin API, properties.submitUserDeletion (v1alpha); client_id is Waymark's
//            anonymous id. It took the place of the User Deletion API v3.
//            https://developers.google.com/analytics/devguides/config/admin/v1/rest/v1alpha/properties/submitUserDeletion

const segment = {
  needs: ["source_id"],
  url: "https://api.segmentapis.com",
  path: ({ source_id }) => `/regulations/sources/${encodeURIComponent(source_id)}`,
  body: (by, id) => ({
    regulationType: "SUPPRESS_WITH_DELETE",
    subjectType: by === "user_id" ? "USER_ID" : "ANONYMOUS_ID",
    subjectIds: [id],
  }),
  receipt: (answer) => answer.data?.regulateId,
};

const ga4 = {
  needs: ["property"],
  url: "https://analyticsadmin.googleapis.com",
  path: ({ property }) => `/v1alpha/properties/${encodeURIComponent(property)}:submitUserDeletion`,
  body: (by, id) => (by === "user_id" ? { userId: id } : { clientId: id }),
  receipt: (answer) => answer.deletionRequestTime,
};

export const KINDS = { segment, ga4 };

// 401 and 403: a token that runs out is renewed by whoever looks after it.
const passing = (status) => [401, 403, 408, 429].includes(status) || status >= 500;

/**
 * Asks a vendor to delete what it has of one id. {acknowledged: text} is its own word that it will;
 * {again: true} when another try may go through, then perhaps with {after_ms}.
 */
export async function requestDeletion(vendor, token, by, id, timeout_ms) {
  const kind = KINDS[vendor.kind];
  const url = (vendor.url ?? kind.url).replace(/\/+$/, "") + kind.path(vendor);
  let response;
  try {
    response = await fetch(url, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      body: JSON.stringify(kind.body(by, id)),
      redirect: "error",
      signal: AbortSignal.timeout(timeout_ms),
    });
    const { status } = response;
    const text = await response.text();
    if (!response.ok) return { status, again: passing(status), after_ms: retryAfter(response) };
    const acknowledged = kind.receipt(JSON.parse(text));
    // Without its word nobody can prove that it was asked.
    return acknowledged ? { status, acknowledged } : { status, again: true };
  } catch {
    return { status: response?.status ?? 0, again: true };
  }
}

function retryAfter({ headers }) {
  const value = headers.get("retry-after");
  if (value === null) return undefined;
  const ms = /^\d+$/.test(value) ? +value * 1000 : Date.parse(value) - Date.now();
  return ms > 0 ? ms : undefined;
}
