/** Groups names with a common beginning, as tasks of one collection have: `mmlu_pro_law` and `mmlu_pro_math`. */

export interface Family {
  /** The common beginning, up to and with a separator; empty for a family of one. */
  prefix: string;
  /** Indices in the list of names. */
  members: number[];
}

const MARKS = /[_\-/:. ]/;

function commonPrefix(names: readonly string[]): string {
  let [length, first] = [0, names[0] ?? ''];
  while (length < first.length && names.every((name) => name[length] === first[length])) length += 1;
  first = first.slice(0, length);
  // It must end with a separator: "five_objects" and "four_objects" do not share an "f".
  while (first !== '' && !MARKS.test(first.at(-1) as string)) first = first.slice(0, -1);
  return first;
}

/** Returns the collection that a name begins with, and the separator after it: all up to a slash, or the first word. */
function collectionOf(name: string): string {
  const slash = name.indexOf('/');
  return name.slice(0, (slash < 0 ? name.search(MARKS) : slash) + 1) || name;
}

/** Groups names by their collection, in the order of the first members. A name without relatives is a family of one. */
export function familiesOf(names: readonly string[]): Family[] {
  const byCollection = new Map<string, number[]>();
  names.forEach((name, i) => {
    const collection = collectionOf(name);
    const members = byCollection.get(collection);
    if (members === undefined) byCollection.set(collection, [i]);
    else members.push(i);
  });
  return [...byCollection.values()].map((members) => ({
    prefix: members.length === 1 ? '' : commonPrefix(members.map((i) => names[i] as string)),
    members,
  }));
}
