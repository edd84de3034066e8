// Taking back what was recorded.
import { expect, it, vi } from "vitest";

vi.stubGlobal("addEventListener", () => undefined);
vi.stubGlobal("navigator", { onLine: true });
const { undoing, why } = await import("./events");

const AT = "2026-11-26T09:12:00Z";

it("takes back the last event first", () => {
  const voided = (target: string) => ({
    subject: "pkg_1",
    event: { kind: "voided", happened_at: AT, target },
  });
  expect(undoing({ subject: "pkg_1", events: ["evt_1", "evt_2"] }, AT)).toEqual([
    voided("evt_2"),
    voided("evt_1"),
  ]);
});

it("says why by the field, else by what was wrong, else by its kind", () => {
  const problem = { type: "x", title: "Refused", status: 422 };
  expect(why(problem)).toBe("Refused");
  expect(why({ ...problem, detail: "Too long" })).toBe("Too long");
  const errors = [{ pointer: "/at", code: "late", detail: "It is over" }];
  expect(why({ ...problem, detail: "Too long", errors })).toBe("It is over");
});
