/** Saves a file that the page made. */
export function save(name: string, type: string, parts: BlobPart[]): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob(parts, { type }));
  link.download = name;
  link.click();
  // The browser has opened it by then; without this the page would hold it until it is closed.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
