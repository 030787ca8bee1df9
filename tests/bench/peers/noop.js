// Does nothing: what the loop itself costs.
export function start() {}
export function track() {}
