// A file that the browser makes and somebody keeps.

/** Saves a text as a file on this device. */
export function download(name: string, text: string, type: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  // A browser may begin to read it after this.
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
