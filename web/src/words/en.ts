// Every string that the first pages show, in English. What is only said at the desk or where things
// are looked after comes with those pages: words/en/desk.ts and words/en/care.ts.
import { actions, selection } from "./en/actions";
import { frame } from "./en/frame";
import { listWords } from "./en/list";
import { packageWords } from "./en/package";
import { signIn } from "./en/sign-in";
import { home } from "./en/home";
import { order } from "./en/order";
import { statuses, modes, reasons, costs, bases } from "./en/terms";

export const words = {
  ...frame,
  signIn,
  home,
  list: listWords,
  package: packageWords,
  order,
  actions,
  selection,
  statuses,
  modes,
  reasons,
  costs,
  bases,
};

/** "1 package", "4,812 packages". */
export function count(many: number, one: string, several: string): string {
  return `${many.toLocaleString()} ${many === 1 ? one : several}`;
}
