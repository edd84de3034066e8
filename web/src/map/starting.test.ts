// How long a map waits for whoever is busy on the page.
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { rest } from "./starting";

let press: () => void = () => undefined;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("addEventListener", (_: string, heard: () => void) => {
    press = heard;
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function waiting(): () => boolean {
  let over = false;
  void rest(4000).over.then(() => (over = true));
  return () => over;
}

it("is over when nobody did anything for a while", async () => {
  const over = waiting();
  await vi.advanceTimersByTimeAsync(3000);
  press();
  await vi.advanceTimersByTimeAsync(3900);
  expect(over()).toBe(false);
  await vi.advanceTimersByTimeAsync(200);
  expect(over()).toBe(true);
});

it("is over in the first short pause of whoever never rests", async () => {
  const over = waiting();
  for (let at = 0; at < 14_000; at += 200) {
    press();
    await vi.advanceTimersByTimeAsync(200);
  }
  expect(over()).toBe(false);
  await vi.advanceTimersByTimeAsync(300);
  expect(over()).toBe(true);
});
