// Words of the page that says how the installation does.
import type { components } from "../../api/schema";

type CheckName = components["schemas"]["CheckName"];

const checks: Record<CheckName, string> = {
  map: "Map and lists",
  log: "Audit log",
  fixes: "GPS positions",
  history: "History in files",
  reconciler: "Self-check",
  outgoing: "What others are told",
};

export const system = {
  lead: "How this installation does, as it says itself; looked at every few seconds.",
  good: "Everything does well",
  bad: (many: number) => `${many === 1 ? "One thing needs" : `${many} things need`} a look`,
  checks,
  ok: "Well",
  warn: "Look",
  at: (ago: string) => `Looked at ${ago}`,
  lag: (span: string) => `Map is ${span} behind`,
  noLag: "Map is up to date",
  waiting: (many: number) =>
    `${many.toLocaleString()} ${many === 1 ? "change is" : "changes are"} not shown yet`,
  figures: "In figures",
  entries: "Entries in the audit log",
  merge: "From recorded to logged",
  logWaiting: "Recorded and not logged yet",
  fixes: "GPS positions are behind by",
  files: "Files of history",
  filed: "Entries in them",
  unfiled: "Entries that wait for one",
  given: "Events given up",
  outgoing: "Events that are tried again",
  rounds: "Times everything was compared",
  lastRound: "Last compared",
  found: "Missing entries found and repaired",
  rows: "Rows found wrong and repaired",
  never: "Not yet",
  disk: "On disk",
  memory: "In memory",
  units: "Read and written since the start",
  unitsOf: (read: string, written: string) => `${read} read units, ${written} write units`,
  version: "Version",
  trouble: "The audit log cannot be written",
  metrics: "Figures for Prometheus",
};
