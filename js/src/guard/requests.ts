// The request rules: `waymark-guard-requests.mjs`, which the guard loads where a service has
// `origins`, and `waymark-requests.js`. A page that wants them before any other script of its own
// puts them first, and says which origins wait until the guard is there:
//
//     <script src="waymark-requests.js" data-origins="*.tracker.example stats.example"></script>

import { releaseRequests, ruleRequests, type Refuses } from "../platform/browser/requests.ts";
import { isOneOf } from "./rules.ts";

export interface RequestRules {
  rule(refuses: Refuses): void;
  release(): void;
}

const page = window as { waymarkRequests?: RequestRules };

if (!page.waymarkRequests) {
  const { origins = "" } = (document.currentScript as HTMLElement | null)?.dataset ?? {};
  const early = origins.split(/[\s,]+/);
  ruleRequests((url) => isOneOf(early, url));
  page.waymarkRequests = { rule: ruleRequests, release: releaseRequests };
}
