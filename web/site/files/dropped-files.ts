/** Reads dropped files, and all files in dropped folders. */
export interface DroppedFile {
  file: File;
  /** Path relative to the drop, with `/` between its parts. */
  path: string;
}

const fileOf = (entry: FileSystemFileEntry) => new Promise<File>((resolve, reject) => entry.file(resolve, reject));

/** Reads all entries of a folder: a reader returns about a hundred at a time, and an empty list at the end. */
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

/** Returns the files of a drop. Call it within the event: afterwards the entries are gone. */
export function droppedFiles(data: DataTransfer): Promise<DroppedFile[]> {
  const entries = [...data.items].map((item) => item.webkitGetAsEntry());
  if (entries.some((entry) => entry === null)) {
    return Promise.resolve([...data.files].map((file) => ({ file, path: file.name })));
  }
  return Promise.all(entries.map((entry) => filesBelow(entry as FileSystemEntry))).then((lists) => lists.flat());
}
