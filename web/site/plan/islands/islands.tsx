/** The families as islands on a map of the user's prompts: each with its name, the model that gets it, its price and its share. */
import './style.css';
import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { Plan, PlanFamily } from 'signalbox/build';
import { percent, shortName } from '../../../shared/format.js';
import { isDark } from '../../map/scheme.js';
import { cents, shareWords } from '../amounts.js';
import { modelColours } from '../colours.js';
import type { Shown } from '../run.js';
import { select, selected } from '../selected.js';
import { FamilyCard } from './card.js';
import { labelsFor } from './labels.js';
import type { Island, Point } from './land.js';
import { nextIn } from './next-in.js';
import { readIslands } from './places.js';

/** Below this width of the picture, names have one line. */
const NARROW = 560;
const LONGEST_LINE = 22;
const LONGEST_NARROW = 13;

const heightFor = (width: number) => Math.round(Math.min(560, Math.max(300, 0.5 * width)));

const cut = (text: string, most: number) => (text.length > most ? `${text.slice(0, most - 1).trimEnd()}…` : text);

/** Rounds a ring off: its corners become the ends of curves from side to side. */
function outlineOf(ring: readonly Point[], width: number, height: number): string {
  const at = ({ x, y }: Point) => `${(x * width).toFixed(1)} ${(y * height).toFixed(1)}`;
  const between = (a: Point, b: Point) => at({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
  // The last corner of a closed ring is its first.
  const corners = ring.slice(0, -1);
  const [first, second] = corners;
  if (first === undefined || second === undefined) return '';
  const curves = corners.slice(1).map((corner, i) => `Q${at(corner)} ${between(corner, corners[i + 2] ?? first)}`);
  return `M${between(first, second)}${curves.join('')}Q${at(first)} ${between(first, second)}Z`;
}

/** A dot for each prompt, as one path. */
const dotsOf = (prompts: readonly Point[], width: number, height: number) =>
  prompts.map(({ x, y }) => `M${(x * width).toFixed(1)} ${(y * height).toFixed(1)}h0`).join('');

function spoken({ name, pick, usdPer1000, share }: PlanFamily): string {
  const price = usdPer1000 === null ? '' : `, ${cents(usdPer1000)} per 1,000 answers`;
  return `${name}: ${shareWords(share)} of the prompts, to ${pick}${price}`;
}

/** Returns the forms of a label, the best first. The name of a family that was found is its words, with slashes between. */
function formsOf({ name, pick, usdPer1000, share }: PlanFamily, isNarrow: boolean): string[][] {
  const most = isNarrow ? LONGEST_NARROW : LONGEST_LINE;
  const words = name.split(' / ');
  const [whole, one] = [cut(words.slice(0, 2).join(' / '), most), cut(words[0] ?? name, LONGEST_NARROW)];
  const price = usdPer1000 === null ? '' : ` · ${cents(usdPer1000)}`;
  const model = cut(shortName(pick), most);
  const small = [[one, percent(share)], [one]];
  return isNarrow
    ? [[whole, percent(share)], ...small]
    : [[whole, model, percent(share) + price], [whole, model], ...small];
}

function Legend({ plan, colours }: { plan: Plan; colours: ReadonlyMap<string, string> }) {
  const models = [...new Set(plan.families.map(({ pick }) => pick))];
  return (
    <ul class="legend" aria-label="Colours of the islands">
      {models.map((model) => (
        <li key={model}>
          <span class="swatch-land" style={{ '--land': colours.get(model) ?? '' }} aria-hidden="true" />
          <bdi>{shortName(model)}</bdi>
          {model === plan.baseline.model && ', as before'}
        </li>
      ))}
    </ul>
  );
}

interface SeaProps {
  plan: Plan;
  islands: readonly Island[];
  width: number;
  colours: ReadonlyMap<string, string>;
}

function Sea({ plan: { families }, islands, width, colours }: SeaProps) {
  const host = useRef<HTMLDivElement>(null);
  const height = heightFor(width);
  const isNarrow = width < NARROW;
  const size = isNarrow ? 11.5 : 13;
  const chosen = families.findIndex(({ name }) => name === selected.value);
  const shapes = useMemo(
    () =>
      islands.map(({ rings, prompts }) => ({
        outline: rings.map((ring) => outlineOf(ring, width, height)).join(''),
        dots: dotsOf(prompts, width, height),
      })),
    [islands, width, height],
  );
  const labels = useMemo(() => {
    const wanted = families.map((family, i) => ({
      middle: (islands[i] as Island).middle,
      forms: formsOf(family, isNarrow),
    }));
    return labelsFor(wanted, { width, height, size });
  }, [families, islands, width, height, size, isNarrow]);
  const go = (family: number) => {
    select(families[family]?.name);
    host.current?.querySelector<SVGGElement>(`[data-island="${family}"]`)?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape') select(undefined);
    else {
      const here = Math.max(0, chosen);
      const next = nextIn(
        event.key,
        islands.map(({ middle: { x, y } }) => ({ x: x * width, y: y * height })),
        here,
      );
      if (next === undefined) return;
      go(next);
    }
    event.preventDefault();
  };
  return (
    <div
      ref={host}
      class="islands"
      role="radiogroup"
      aria-label="Families of your prompts on a map"
      onKeyDown={onKeyDown}
      onClick={(event) => (event.target as Element).closest('.island') ?? select(undefined)}
      data-islands={families.length}
    >
      {/* biome-ignore lint/a11y/noSvgWithoutTitle: each island has one */}
      <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
        {families.map((family, i) => (
          // biome-ignore lint/a11y/useSemanticElements: an island is not an input
          <g
            key={family.name}
            class={chosen < 0 || i === chosen ? 'island' : 'island faded'}
            role="radio"
            aria-checked={i === chosen}
            aria-label={spoken(family)}
            // In SVG, attributes tell upper and lower case apart.
            tabindex={i === Math.max(0, chosen) ? 0 : -1}
            style={{ '--land': colours.get(family.pick) ?? '' }}
            data-island={i}
            onClick={() => select(i === chosen ? undefined : family.name)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter' && event.key !== ' ') return;
              event.preventDefault();
              select(i === chosen ? undefined : family.name);
            }}
          >
            <title>{spoken(family)}</title>
            <path class="land" d={shapes[i]?.outline} />
            <path class="prompts" d={shapes[i]?.dots} />
          </g>
        ))}
        {/* biome-ignore lint/a11y/noAriaHiddenOnFocusable: it takes no focus */}
        <g class="island-names" aria-hidden="true" font-size={size}>
          {labels.map(({ lines, x, y }, i) => (
            <text key={i} x={x} y={y + size * (0.35 - 0.625 * (lines.length - 1))} data-island-name={i}>
              {lines.map((line, n) => (
                <tspan key={n} x={x} dy={n === 0 ? 0 : size * 1.25} class={n === 0 ? 'island-name' : ''}>
                  {line}
                </tspan>
              ))}
            </text>
          ))}
        </g>
      </svg>
    </div>
  );
}

/** Follows the width of an element. */
function useWidth() {
  const host = useRef<HTMLDivElement>(null);
  const width = useSignal(0);
  useEffect(() => {
    if (host.current === null) return;
    const resized = new ResizeObserver(([entry]) => {
      // A width of 0 means hidden at the moment.
      if (entry !== undefined && entry.contentRect.width > 0) width.value = Math.floor(entry.contentRect.width);
    });
    resized.observe(host.current);
    return () => resized.disconnect();
  }, []);
  return { host, width: width.value };
}

type Reading = { plan: Plan; islands: readonly Island[] | undefined } | { failed: string };

export function Islands({ shown: { plan, index } }: { shown: Shown }) {
  const reading = useSignal<Reading | undefined>(undefined);
  const { host, width } = useWidth();
  useEffect(() => {
    const life = new AbortController();
    readIslands(index, plan.families, life.signal).then(
      (islands) => {
        reading.value = { plan, islands };
      },
      (error: unknown) => {
        if (!life.signal.aborted) reading.value = { failed: error instanceof Error ? error.message : String(error) };
      },
    );
    return () => life.abort();
  }, [plan, index]);
  const colours = useMemo(() => modelColours(plan, isDark.value), [plan, isDark.value]);
  const now = reading.value;
  if (now !== undefined && 'plan' in now && now.islands === undefined) return null;
  if (now !== undefined && 'failed' in now) {
    return (
      <p class="failed" role="alert" dir="auto">
        The map could not be drawn: {now.failed}
      </p>
    );
  }
  // The islands of the plan before stay until the next ones are read.
  const drawn = now !== undefined && now.islands !== undefined ? { plan: now.plan, islands: now.islands } : undefined;
  return (
    <div class="islands-columns">
      <div>
        <div ref={host} class="islands-host">
          {drawn !== undefined && width > 0 ? (
            <Sea {...drawn} width={width} colours={colours} />
          ) : (
            <p class="placeholder">Drawing the map</p>
          )}
        </div>
        <Legend plan={plan} colours={colours} />
      </div>
      <FamilyCard plan={plan} />
    </div>
  );
}
