// The signed note that says how large the log is and what is in it (C2SP tlog-checkpoint).

export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: string;
}

/** The three lines of a checkpoint, or nothing if it is none. */
export function readCheckpoint(note: string): Checkpoint | null {
  const [origin = "", size = "", root = ""] = note.split("\n");
  if (origin === "" || !/^\d+$/.test(size) || root === "") return null;
  return { origin, size: Number(size), root };
}
