/** The legend of the map. Pressing an entry shows only its samples. */
import { useMemo } from 'preact/hooks';
import { type Category, cssOf, type Hue } from './colours.js';
import { familiesOf } from './families.js';
import { isDark } from './scheme.js';

interface Props {
  categories: readonly Category[];
  /** Whether names with a common beginning are grouped. */
  inFamilies: boolean;
  only: ReadonlySet<number> | undefined;
  onOnly: (only: ReadonlySet<number> | undefined) => void;
}

/** Maximum number of buttons; the tables have all categories. */
const MOST_BUTTONS = 200;

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

export function Legend({ categories, inFamilies, only, onOnly }: Props) {
  const families = useMemo(() => {
    const all = categories.map((_, i) => ({ prefix: '', members: [i] }));
    return inFamilies ? familiesOf(categories.map(({ name }) => name)) : all;
  }, [categories, inFamilies]);
  const toggle = (members: readonly number[]) => onOnly(isSame(only, members) ? undefined : new Set(members));
  const rowsOf = (members: readonly number[]) => members.reduce((sum, i) => sum + (categories[i]?.rows ?? 0), 0);
  let room = MOST_BUTTONS;
  return (
    <ul class="map-legend" aria-label="Legend; press an entry to show only its samples">
      {families.map(({ prefix, members }) => {
        const shown = members.filter((i) => (categories[i]?.rows ?? 0) > 0).slice(0, Math.max(0, room));
        room -= shown.length;
        if (shown.length === 0) return null;
        const entries = shown.map((i) => {
          const { name, colour, rows } = categories[i] as Category;
          return (
            <li key={name} data-category={name}>
              <Entry
                name={name.slice(prefix.length)}
                rows={rows}
                colour={colour}
                hasDot
                isOn={only?.has(i) ?? false}
                onPress={() => toggle([i])}
              />
            </li>
          );
        });
        if (members.length === 1) return entries;
        return (
          <li key={prefix} class="map-family" data-family={prefix}>
            <Entry
              name={`${prefix}…`}
              rows={rowsOf(members)}
              hasDot={false}
              isOn={isSame(only, members)}
              onPress={() => toggle(members)}
            />
            <ul aria-label={prefix}>{entries}</ul>
          </li>
        );
      })}
    </ul>
  );
}
