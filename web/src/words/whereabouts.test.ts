// Where something is, in words.
import { beforeEach, expect, it, vi } from "vitest";

vi.stubGlobal("localStorage", { getItem: () => null, setItem: () => undefined });
vi.stubGlobal("navigator", { language: "en-GB", onLine: true });
vi.stubGlobal("document", { documentElement: { dataset: {} } });
const { tellWhere } = await import("./whereabouts");
const { preferences } = await import("../app/preferences.svelte");

const NOW = Date.parse("2026-11-26T12:00:00Z");
const flight = {
  subject: "pkg_1",
  at: "2026-11-26T12:00:00Z",
  lat: 42.8545317,
  lon: -74.9987697,
  height_m: 11243.91,
  above_sea_m: 11275.9,
  radius_95_m: 1270.7,
  vertical_95_m: 26.4,
  basis: "inherited" as const,
  as_of: "2026-11-26T11:59:53Z",
  age_s: 7,
  chain: ["pkg_1", "ctr_1", "trk_1"],
  place: null,
  towards: null,
  contradictions: [],
  coarse: false,
  names: { ctr_1: "Flight WB 403", trk_1: "Flight WB 403" },
};

beforeEach(() => {
  preferences.units = "metric";
});

it("says what it travels in, how we know, how sure and how high", () => {
  const where = tellWhere(flight, NOW);
  expect(where.heading).toBe("In Flight WB 403");
  expect(where.facts).toEqual([
    "From Flight WB 403, 7 s ago",
    "within 1.3 km",
    "11,300 m above sea level",
  ]);
  expect(where.live).toBe(true);
  expect(where.silent).toBeNull();
});

it("says miles and feet to whoever wants them", () => {
  preferences.units = "imperial";
  expect(tellWhere(flight, NOW).facts.slice(1)).toEqual([
    "within 0.8 mi",
    "37,000 ft above sea level",
  ]);
});

it("does not call live what is old, and says how long a tracker is silent", () => {
  const where = tellWhere({ ...flight, basis: "measured", as_of: "2026-11-26T11:54:00Z" }, NOW);
  expect(where.live).toBe(false);
  expect(where.silent).toBe("No signal for 6 min");
});

it("names places before anything else, and coordinates last", () => {
  const names = { plc_1: "Memphis" };
  expect(tellWhere({ ...flight, place: "plc_1", names }, NOW).heading).toBe("Memphis");
  expect(tellWhere({ ...flight, towards: "plc_1", names }, NOW).heading).toBe(
    "On its way to Memphis",
  );
  expect(tellWhere({ ...flight, chain: ["pkg_1"], names: {} }, NOW).heading).toBe(
    "42.855° N, 74.999° W",
  );
});
