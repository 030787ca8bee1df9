// The part of the generated stub for frames and scripts that ask `__tcfapi` or `__gpp`.

import { type EarlyPing, stubApis } from "../iab/stub_apis.ts";

// Filled in by `waymark stub`.
declare const WAYMARK_TCF: { gdprApplies?: boolean } | 0;
declare const WAYMARK_GPP: EarlyPing | 0;

stubApis(WAYMARK_TCF, WAYMARK_GPP);
