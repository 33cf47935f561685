/** Offers a file for download. */
export function save(name: string, type: string, parts: BlobPart[]): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob(parts, { type }));
  link.download = name;
  link.click();
  // By then the browser has opened it. Without this, the page would hold the file in memory until it is closed.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
