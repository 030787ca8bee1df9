// All experiments, in the order in which they run. Some fill two tables.

import { backlog } from "./backlog.mjs";
import { calls } from "./calls.mjs";
import { leave } from "./leave.mjs";
import { outages } from "./outage.mjs";
import { pace } from "./pace.mjs";
import { size } from "./size.mjs";
import { start } from "./start.mjs";

export const EXPERIMENTS = [size, start, calls, pace, leave, ...outages, backlog];
