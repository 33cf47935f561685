/** The files of a drop, folders with everything below them. */
export interface DroppedFile {
  file: File;
  /** Below what was dropped, with `/` between its parts. */
  path: string;
}

const fileOf = (entry: FileSystemFileEntry) => new Promise<File>((resolve, reject) => entry.file(resolve, reject));

/** A reader gives entries by the hundred, and an empty list after the last. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all;
    all.push(...some);
  }
}

async function filesBelow(entry: FileSystemEntry): Promise<DroppedFile[]> {
  if (entry.isFile) return [{ file: await fileOf(entry as FileSystemFileEntry), path: entry.fullPath.slice(1) }];
  const below = await entriesOf(entry as FileSystemDirectoryEntry);
  return (await Promise.all(below.map(filesBelow))).flat();
}

/** Reads the drop at once: its entries are gone when the event is over. */
export function droppedFiles(data: DataTransfer): Promise<DroppedFile[]> {
  const entries = [...data.items].map((item) => item.webkitGetAsEntry());
  if (entries.some((entry) => entry === null)) {
    return Promise.resolve([...data.files].map((file) => ({ file, path: file.name })));
  }
  return Promise.all(entries.map((entry) => filesBelow(entry as FileSystemEntry))).then((lists) => lists.flat());
}
