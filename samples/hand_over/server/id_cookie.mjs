// The cookie `waymark_id` by Set-Cookie: what the owner's server sets a browser keeps longer than
// what a page writes. Without HttpOnly: the engine has to read and delete it.

const name = "waymark_id";
const days = 400;
const is_value = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]{1,400}$/;

/** The header that sets again what a request brought, or undefined where it brought none. */
export function renewed(cookie_header, domain) {
  const pairs = (cookie_header ?? "").split(/; */);
  const value = pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
  return value && is_value.test(value) ? line(value, days * 86_400, domain) : undefined;
}

/** The header that deletes it. */
export const deleted = (domain) => line("", 0, domain);

const line = (value, seconds, domain) =>
  `${name}=${value}${domain ? `; Domain=${domain}` : ""}; Max-Age=${seconds}; Path=/; SameSite=Lax; Secure`;
