// How statuses look and how far along each is.
import type { Status } from "../api/client";
import { words } from "./en";

/** Colours have a meaning: at rest, moving, done, waiting for somebody, wrong. */
export type Tone = "rest" | "move" | "good" | "warn" | "bad";

export const tones: Record<Status, Tone> = {
  registered: "rest",
  picked_up: "move",
  in_transit: "move",
  held: "warn",
  out_for_delivery: "move",
  ready_to_collect: "good",
  delivered: "good",
  problem: "bad",
  returning: "warn",
  returned: "warn",
  lost: "bad",
  cancelled: "rest",
};

/** In the order in which people look for them. */
export const statusOrder: readonly Status[] = [
  "problem",
  "held",
  "lost",
  "out_for_delivery",
  "in_transit",
  "picked_up",
  "ready_to_collect",
  "registered",
  "delivered",
  "returning",
  "returned",
  "cancelled",
];

export function statusWord(status: Status): string {
  return words.statuses[status];
}
