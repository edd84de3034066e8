// How trackers are told from each other by when they were heard.
import { expect, it, vi } from "vitest";

vi.stubGlobal("navigator", { language: "en-GB" });
vi.stubGlobal("localStorage", { getItem: () => null, setItem: () => undefined });
const { command, liveness, speed } = await import("./tracker");

const NOON = Date.parse("2026-11-26T12:00:00Z");

it("calls only what was heard within a minute live", () => {
  expect(liveness("2026-11-26T11:59:30Z", NOON)).toBe("live");
  expect(liveness("2026-11-26T11:58:00Z", NOON)).toBe("late");
  expect(liveness("2026-11-26T09:00:00Z", NOON)).toBe("silent");
  expect(liveness(null, NOON)).toBe("silent");
});

it("writes a command that a terminal takes", () => {
  const written = command("https://where.example", "trk_1.secret", "2026-11-26T12:00:00Z");
  expect(written).toContain("curl https://where.example/v1/fixes");
  expect(written).toContain("Bearer trk_1.secret");
  const body = /-d '(.*)'/.exec(written)?.[1] ?? "";
  expect(JSON.parse(body)).toEqual({
    fixes: [
      {
        at: "2026-11-26T12:00:00Z",
        position: { lat: 36.1892, lon: -86.6218 },
        radius_95_m: 8,
      },
    ],
  });
});

it("says speeds as people do", () => {
  expect(speed(229.135)).toBe("825 km/h");
});
