// What Waymark itself has kept on this device, all of it: for a page that keeps nothing any more.

import { IdentityCookie } from "./identity_cookie.ts";
import { attempt, endsOf } from "./spill.ts";

interface Own {
  prefix?: string | undefined;
  database?: string | undefined;
  cookie_domain?: string | undefined;
}

/** Deletes it; what another page has open goes when that is closed. */
export function deleteOwn({ prefix = "waymark.", database = "waymark", cookie_domain }: Own): void {
  attempt(() => endsOf(prefix).forEach((end) => localStorage.removeItem(prefix + end)));
  attempt(() => indexedDB.deleteDatabase(database));
  if (cookie_domain) new IdentityCookie(cookie_domain, prefix).delete();
}
