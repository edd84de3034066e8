// Code 128 (ISO/IEC 15417) of printable ASCII: digits in pairs where that is shorter. It stands here
// in 60 lines because the libraries that draw it weigh a third of the whole app.

/** The widths of bars and spaces of each sign, in modules; the last one ends the code. */
const WIDTHS = (
  "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 " +
  "122132 122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 " +
  "321221 312212 322112 322211 212123 212321 232121 111323 131123 131321 112313 132113 132311 " +
  "211313 231113 231311 112133 112331 132131 113123 113321 133121 313121 211331 231131 213113 " +
  "213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 111422 " +
  "121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 " +
  "241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 " +
  "412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412 " +
  "211214 211232 2331112"
).split(" ");
const START_B = 104;
const START_C = 105;
const TO_C = 99;
const TO_B = 100;
const STOP = 106;
const CHECK_MODULUS = 103;
/** Digits in a row that are worth changing the set for: fewer at an end. */
const RUN_AT_END = 4;
const RUN_WITHIN = 6;

/** The bars of a text: where each begins and how wide it is, in modules. */
export interface Bars {
  readonly bars: readonly { readonly at: number; readonly width: number }[];
  readonly modules: number;
}

/** The bars of a text; nothing if it holds what Code 128 B does not. */
export function code128(text: string): Bars | null {
  if (text === "" || !/^[ -~]+$/.test(text)) return null;
  const signs = signsOf(text);
  const sum = signs.reduce((total, sign, place) => total + sign * Math.max(1, place), 0);
  const widths = [...signs, sum % CHECK_MODULUS, STOP].map((it) => WIDTHS[it] ?? "").join("");
  const bars: { at: number; width: number }[] = [];
  let at = 0;
  for (const [index, width] of Array.from(widths, Number).entries()) {
    if (index % 2 === 0) bars.push({ at, width });
    at += width;
  }
  return { bars, modules: at };
}

/** The numbers of the signs, from the start on. */
function signsOf(text: string): number[] {
  const signs: number[] = [];
  let pairs = false;
  let at = 0;
  while (at < text.length) {
    const run = /^\d*/.exec(text.slice(at))?.[0].length ?? 0;
    const ends = at === 0 || at + run === text.length;
    const even = run - (run % 2);
    if (pairs ? even >= 2 : even >= (ends ? RUN_AT_END : RUN_WITHIN)) {
      // An odd digit goes first, so that the pairs reach the end.
      const odd = !pairs && at > 0 && run % 2 === 1;
      if (odd) {
        signs.push(text.charCodeAt(at) - 32);
        at += 1;
      }
      if (!pairs) signs.push(at === 0 ? START_C : TO_C);
      pairs = true;
      for (const end = at + even; at < end; at += 2) signs.push(Number(text.slice(at, at + 2)));
    } else {
      if (pairs || at === 0) signs.push(at === 0 ? START_B : TO_B);
      pairs = false;
      signs.push(text.charCodeAt(at) - 32);
      at += 1;
    }
  }
  return signs;
}
