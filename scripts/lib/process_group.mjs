// Runs a program in a process group of its own, so that it can be ended with all that it started:
// a test runner starts workers, browsers and servers, and none of them may outlive it.

import { spawn } from "node:child_process";

/**
 * @param {string[]} command the program and its arguments; it gets no input, and our own output
 * @returns {{ended: Promise<string | undefined>, kill: (reason: string) => void}} `ended` resolves
 *     to what went wrong, or to undefined
 */
export function startGroup([program, ...args]) {
  const child = spawn(program, args, { detached: true, stdio: ["ignore", "inherit", "inherit"] });
  let killedBecause;
  const kill = (reason) => {
    killedBecause ??= reason;
    killGroup(child.pid);
  };
  const forgetSignals = onSignal((signal) => {
    kill(signal);
    process.exit(1);
  });
  const ended = new Promise((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on("exit", (code, signal) => resolve(killedBecause ?? trouble(code, signal)));
  }).finally(() => {
    forgetSignals();
    killGroup(child.pid);
  });
  return { ended, kill };
}

function trouble(code, signal) {
  if (signal) return `ended by ${signal}`;
  return code === 0 ? undefined : `exit code ${code}`;
}

function killGroup(pid) {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch (error) {
    if (error.code !== "ESRCH") throw error; // nothing is left of it, as it should be
  }
}

/** A terminal interrupts only its own group, which the program is not in. */
function onSignal(act) {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.on(signal, act);
  return () => signals.forEach((signal) => process.off(signal, act));
}
