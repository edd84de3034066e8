// Entries of the log as sentences.
import { expect, it } from "vitest";

import { ofLine } from "./entry";
import { amount, fill, sentence, speaksOf, type Piece } from "./sentence";

function said(leaf: Record<string, unknown>): string {
  const entry = ofLine({
    index: 7,
    about: "",
    id: "evt_1",
    kind: leaf["kind"] as string,
    actor: leaf["actor"] as string,
    happened_at: "2026-11-26T08:00:00Z",
    recorded_at: "2026-11-26T08:00:01Z",
    hash: "00",
    leaf: JSON.stringify(leaf),
  });
  return sentence(entry).map(shown).join("");
}

function shown(piece: Piece): string {
  return piece.is === "words" || piece.is === "value" ? piece.text : `<${piece.id}>`;
}

it("calls places that were merged by their own names", () => {
  const subject = "plc_1";
  const merged = { kind: "merged", actor: "usr_ada", subject };
  expect(said({ ...merged, fact: { into: "plc_2" } })).toBe(
    "<usr_ada> merged <plc_1> into <plc_2>",
  );
  expect(said({ ...merged, fact: {} })).toBe("<usr_ada> made <plc_1> a place of its own again");
});

it("says who did what to what", () => {
  expect(
    said({
      kind: "cost_added",
      actor: "usr_ada",
      subject: "pkg_1",
      fact: { cost: "duty", amount: { currency: "USD", minor: 1240 }, source: "invoice" },
    }),
  ).toBe("<usr_ada> added a cost of 12.40 USD to <pkg_1> (duty)");
  expect(
    said({
      kind: "departed",
      actor: "demo",
      subject: "ctr_1",
      fact: { from: "plc_1", to: "plc_2", mode: "air" },
    }),
  ).toBe("<demo> said that <ctr_1> left <plc_1> for <plc_2> by air");
});

it("leaves out what nobody said", () => {
  expect(said({ kind: "departed", actor: "demo", subject: "ctr_1", fact: { to: "plc_2" } })).toBe(
    "<demo> said that <ctr_1> left for <plc_2>",
  );
  expect(said({ kind: "evidence_read", actor: "usr_a", entry: "access", about: "log" })).toBe(
    "<usr_a> read the audit log",
  );
});

it("tells loading from being kept", () => {
  const leaf = { kind: "joined", actor: "demo", subject: "pkg_1" };
  expect(said({ ...leaf, fact: { container: "ctr_1" } })).toBe("<demo> put <pkg_1> into <ctr_1>");
  expect(said({ ...leaf, fact: { place: "plc_1" } })).toBe(
    "<demo> said that <pkg_1> is kept at <plc_1>",
  );
});

it("says what somebody gained and lost", () => {
  expect(
    said({
      kind: "permissions_changed",
      actor: "usr_a",
      user: "usr_b",
      before: ["track", "enter"],
      after: ["track", "audit"],
    }),
  ).toBe("<usr_a> changed what <usr_b> may do: gave Audit; took Add and update");
});

it("says of a kind that it does not know that it was recorded", () => {
  expect(said({ kind: "teleported", actor: "demo", subject: "pkg_1" })).toBe(
    "<demo> recorded teleported of <pkg_1>",
  );
});

it("knows what needs a name", () => {
  const pieces = fill("{actor} scanned {subject}[ at {place}]", {
    actor: { is: "actor", id: "usr_1" },
    subject: { is: "thing", id: "pkg_1" },
    place: null,
  });
  expect(speaksOf(pieces)).toEqual(["usr_1", "pkg_1"]);
});

it("writes amounts in their currency's own unit", () => {
  expect(amount(500, "JPY")).toBe("500 JPY");
  expect(amount(1240, "USD")).toBe("12.40 USD");
});
