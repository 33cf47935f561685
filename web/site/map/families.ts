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

/** Groups names by their first word, in the order of the first members. A name without relatives is a family of one. */
export function familiesOf(names: readonly string[]): Family[] {
  const byWord = new Map<string, number[]>();
  names.forEach((name, i) => {
    const end = name.search(MARKS);
    const word = end < 0 ? name : name.slice(0, end);
    const members = byWord.get(word);
    if (members === undefined) byWord.set(word, [i]);
    else members.push(i);
  });
  return [...byWord.values()].map((members) => ({
    prefix: members.length === 1 ? '' : commonPrefix(members.map((i) => names[i] as string)),
    members,
  }));
}
