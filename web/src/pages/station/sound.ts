// What a scan sounds like: one clear tone for good, a lower double one for bad.

type Tone = "good" | "bad" | "kept";

/** Frequencies in hertz, one after the other. */
const TONES: Record<Tone, readonly number[]> = {
  good: [1318],
  bad: [233, 196],
  kept: [660],
};
const TONE_S = 0.09;
const GAP_S = 0.03;
const LOUDNESS = 0.16;

let context: AudioContext | null = null;

/** Plays a tone, if the browser lets it: it does once somebody pressed a key on the page. */
export function play(tone: Tone): void {
  try {
    context ??= new AudioContext();
    void context.resume();
    let at = context.currentTime;
    for (const frequency of TONES[tone]) {
      const source = context.createOscillator();
      const level = context.createGain();
      source.type = tone === "bad" ? "square" : "sine";
      source.frequency.value = frequency;
      level.gain.setValueAtTime(0, at);
      level.gain.linearRampToValueAtTime(LOUDNESS, at + 0.008);
      level.gain.setTargetAtTime(0, at + TONE_S - 0.03, 0.015);
      source.connect(level).connect(context.destination);
      source.start(at);
      source.stop(at + TONE_S + 0.05);
      at += TONE_S + GAP_S;
    }
  } catch {
    // A browser without sound still shows everything.
  }
}
