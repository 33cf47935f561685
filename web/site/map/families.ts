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

interface Named {
  name: string;
  /** The name to show. */
  label: string;
}

/** The end of the part that names of a collection share, as in "LiveCodeBench, easy" and "SQL: dialect". */
const SHARED = /^.*[:,] /;

/** Returns what to call a family, and what is then left of its members' names. */
export function titleOf(prefix: string, members: readonly Named[]): { title: string; rest: string[] } {
  const shared = SHARED.exec(members[0]?.label ?? '')?.[0] ?? '';
  if (members.length > 1 && shared !== '' && members.every(({ label }) => label.startsWith(shared))) {
    return { title: shared.slice(0, -2), rest: members.map(({ label }) => label.slice(shared.length)) };
  }
  const rest = members.map(({ name, label }) => (name === label ? name.slice(prefix.length) : label));
  return { title: prefix.replace(/[_\-/:. ]+$/, ''), rest };
}
