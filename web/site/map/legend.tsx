/** The legend of the map. Pressing an entry shows only its samples. It is one stop of the Tab key: arrows move within. */
import { useSignal } from '@preact/signals';
import { useMemo, useRef } from 'preact/hooks';
import { type Category, cssOf, type Hue } from './colours.js';
import { familiesOf, titleOf } from './families.js';
import { isDark } from './scheme.js';

interface Props {
  categories: readonly Category[];
  /** Whether names with a common beginning are grouped. */
  inFamilies: boolean;
  only: ReadonlySet<number> | undefined;
  onOnly: (only: ReadonlySet<number> | undefined) => void;
}

/** Maximum number of entries; the tables have all categories. */
const MOST_ENTRIES = 200;

interface EntryProps {
  name: string;
  rows: number;
  colour?: Hue | undefined;
  hasDot: boolean;
  isOn: boolean;
  onPress: () => void;
}

function Entry({ name, rows, colour, hasDot, isOn, onPress }: EntryProps) {
  const background = colour && { background: cssOf(colour, isDark.value) };
  return (
    <button type="button" class="secondary outline small" aria-pressed={isOn} onClick={onPress}>
      {hasDot && <span class="dot" style={background ?? {}} aria-hidden="true" />}
      <bdi>{name}</bdi> <small>{rows.toLocaleString('en')}</small>
    </button>
  );
}

const isSame = (only: ReadonlySet<number> | undefined, members: readonly number[]) =>
  only?.size === members.length && members.every((member) => only.has(member));

/** Steps of the keys among the buttons. */
const STEPS: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowRight: 1,
  ArrowUp: -1,
  ArrowLeft: -1,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

/** Lets only one button of a list take part in the order of the Tab key: the one that had the focus last, or the first. */
function useOneStop() {
  const list = useRef<HTMLUListElement>(null);
  const settle = (stop: Element | undefined) => {
    const all = [...(list.current?.querySelectorAll('button') ?? [])];
    const chosen = all.find((button) => button === stop) ?? all.find((button) => button.tabIndex === 0) ?? all[0];
    for (const button of all) button.tabIndex = button === chosen ? 0 : -1;
  };
  return {
    list,
    settle,
    onFocusIn: (event: FocusEvent) => settle(event.target as Element),
    onKeyDown: (event: KeyboardEvent) => {
      const step = Object.hasOwn(STEPS, event.key) ? STEPS[event.key] : undefined;
      if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      const all = [...(list.current?.querySelectorAll('button') ?? [])];
      const here = all.indexOf(document.activeElement as HTMLButtonElement);
      all[Math.min(all.length - 1, Math.max(0, here + step))]?.focus();
    },
  };
}

export function Legend({ categories, inFamilies, only, onOnly }: Props) {
  const families = useMemo(() => {
    const all = categories.map((_, i) => ({ prefix: '', members: [i] }));
    return inFamilies ? familiesOf(categories.map(({ name }) => name)) : all;
  }, [categories, inFamilies]);
  /** Families whose members are shown. */
  const open = useSignal<ReadonlySet<string>>(new Set());
  const { list, settle, onFocusIn, onKeyDown } = useOneStop();
  const toggle = (members: readonly number[]) => onOnly(isSame(only, members) ? undefined : new Set(members));
  const fold = (prefix: string) => {
    const next = new Set(open.value);
    if (!next.delete(prefix)) next.add(prefix);
    open.value = next;
  };
  const rowsOf = (members: readonly number[]) => members.reduce((sum, i) => sum + (categories[i]?.rows ?? 0), 0);
  let room = MOST_ENTRIES;
  return (
    <ul
      // After each drawing: buttons come and go with their families.
      ref={(element) => {
        list.current = element;
        settle(undefined);
      }}
      class="map-legend"
      aria-label="Legend; press an entry to show only its samples, arrow keys move between entries"
      onFocusIn={onFocusIn}
      onKeyDown={onKeyDown}
    >
      {families.map(({ prefix, members }) => {
        const shown = members.filter((i) => (categories[i]?.rows ?? 0) > 0).slice(0, Math.max(0, room));
        room -= shown.length;
        if (shown.length === 0) return null;
        const { title, rest } = titleOf(
          prefix,
          shown.map((i) => categories[i] as Category),
        );
        const entries = shown.map((i, n) => {
          const { name, colour, rows } = categories[i] as Category;
          return (
            <li key={name} data-category={name}>
              <Entry
                name={rest[n] ?? name}
                rows={rows}
                colour={colour}
                hasDot
                isOn={only?.has(i) ?? false}
                onPress={() => toggle([i])}
              />
            </li>
          );
        });
        if (shown.length === 1) return entries;
        const isOpen = open.value.has(prefix);
        return (
          <li key={prefix} class="map-family" data-family={prefix}>
            <Entry
              name={title}
              rows={rowsOf(members)}
              colour={categories[shown[0] as number]?.colour}
              hasDot
              isOn={isSame(only, members)}
              onPress={() => toggle(members)}
            />
            <button
              type="button"
              class="secondary outline small map-fold"
              aria-expanded={isOpen}
              data-fold
              onClick={() => fold(prefix)}
            >
              {shown.length}
              <span class="visually-hidden">{` parts of ${title}`}</span>
              <span aria-hidden="true">{isOpen ? ' −' : ' +'}</span>
            </button>
            {isOpen && <ul aria-label={title}>{entries}</ul>}
          </li>
        );
      })}
    </ul>
  );
}
