// Tests run on the sources: one file of ours turns TypeScript into what Node reads.
export default {
  testEnvironment: "node",
  testMatch: ["<rootDir>/tests/**/*.test.ts"],
  extensionsToTreatAsEsm: [".ts"],
  transform: { "\\.ts$": "<rootDir>/tests/transform.mjs" },
  // What the studio imports lies here, too.
  modulePaths: ["<rootDir>/node_modules"],
  maxWorkers: 1,
  // No test measures time; what hangs is ended by the suite's own bound.
  testTimeout: 120_000,
};
