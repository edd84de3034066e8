// What may be wrong with what is recorded, in words.
import type { Why } from "../../browser/inspection";

export const proofs: Record<Why, string> = {
  other_log: "The log on this server is not the one this browser knows",
  set_back: "The log had more entries when this browser last looked: it was set back",
  rewritten: "The log is no longer what this browser saw: something in it was rewritten",
  other_key: "Another key signs the log than this browser knows",
  unsigned: "The log's checkpoint is not signed by its key",
  no_tile: "A part of the log is missing or broken",
  other_hash: "The text is not the one its receipt was given for",
  other_entry: "The log has something else in its place",
  unreadable: "It cannot be read",
  other_subject: "It belongs to something else, or has another number",
  other_past: "It names another event before it than there is",
  missing: "Events before it are left out",
  twice: "There is another event with its number",
};
