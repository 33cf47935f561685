/** Cost against right answers: every setting of the plan, beside single models and their mixtures, and a handle to move along the curve. */
import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { type Plan, type PlanPoint, planSentences } from 'signalbox/build';
import { Folded } from '../../shared/folded.js';
import { count, shortName } from '../../shared/format.js';
import { OUTLINES, type Role } from '../cost/marks.js';
import { usePlot } from '../use-plot.js';
import { cents, signed } from './amounts.js';
import { nearestSetting, type Picture, pictureOf, type Setting } from './picture.js';
import { PlanPlot, type PlotData } from './plot.js';
import { chosen, wish } from './run.js';
import { SettingFigures } from './setting-figures.js';
import { SettingTable } from './setting-table.js';
import { TargetForm } from './target-form.js';

const LONGEST_NAME = 24;

const createPlot = (host: HTMLElement, data: PlotData) => new PlanPlot(host, data);

function Shape({ of }: { of: Role }) {
  return (
    <svg class={`shape shape-${of}`} viewBox="-14 -14 28 28" aria-hidden="true">
      <path d={OUTLINES[of]} />
    </svg>
  );
}

function Legend({ baseline }: { baseline: string }) {
  return (
    <ul class="legend" aria-label="Legend">
      <li>
        <Shape of="pick" /> proposed
      </li>
      <li>
        <span class="swatch swatch-curve" aria-hidden="true" /> settings of the plan
      </li>
      <li>
        <span class="swatch swatch-band" aria-hidden="true" /> their 95% interval
      </li>
      <li>
        <Shape of="best-single" /> <bdi>{baseline}</bdi> alone
      </li>
      <li>
        <span class="swatch swatch-mixed" aria-hidden="true" /> models mixed at random
      </li>
    </ul>
  );
}

/** Shortens a name for the axis. */
const cut = (name: string) => (name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name);

/** Says a setting as if it were the proposed one. */
export function settingWords(plan: Plan, { point }: Setting): string {
  const [only, ...others] = point.picks;
  if (others.length === 0 && only?.model === plan.baseline.model) return `Send everything to ${only.model}, as before.`;
  return planSentences({
    ...plan,
    promise: null,
    proposed: point,
    target: { kind: 'knee', value: null, reached: true },
  }).headline;
}

/** Stands for the words of the proposed setting, which are the headline's. */
const proposedWords = (settings: number) =>
  settings < 2
    ? 'This is the proposed setting, and the only one.'
    : 'This is the proposed setting. Move the handle to see what others would do.';

/** Rounds a loss up to a tenth of a point, so that the setting itself reaches it. */
const lossOf = ({ point }: Setting) => Math.max(0, Math.ceil(-10 * point.points.value - 1e-9) / 10);

interface HereProps {
  plan: Plan;
  point: PlanPoint;
  /** The chosen setting; `undefined` for the proposed one. */
  here: Setting | undefined;
  words: string;
  /** Called with the points that the plan may lose. */
  onUse: (points: string) => void;
  onBack: () => void;
}

/** Says what a setting does, and offers to make a plan of another than the proposed one. */
function Here({ plan, point, here, words, onUse, onBack }: HereProps) {
  const loss = here && lossOf(here);
  return (
    <div class="plan-here">
      <SettingFigures plan={plan} point={point} />
      <p dir="auto" data-here>
        {words}
      </p>
      {loss !== undefined && (
        <p class="actions">
          <button
            type="button"
            class="small"
            disabled={chosen.value.length === 0}
            data-use-setting
            onClick={() => onUse(`${loss}`)}
          >
            Plan to lose at most {loss} {loss === 1 ? 'point' : 'points'}
          </button>
          <button type="button" class="secondary outline small" data-back-to-proposed onClick={onBack}>
            Back to the proposed setting
          </button>
        </p>
      )}
    </div>
  );
}

function FarOff({ farOff }: Pick<Picture, 'farOff'>) {
  if (farOff.length === 0) return null;
  return (
    <p>
      <small>
        Not drawn, as {farOff.length === 1 ? 'it is' : 'they are'} far off:{' '}
        {farOff.map(({ model, usd, points }, i) => (
          <span key={model}>
            {i > 0 && ', '}
            <bdi>{model}</bdi> ({cents(usd)}, {signed(points)})
          </span>
        ))}
        .
      </small>
    </p>
  );
}

function Drawn({ plan, picture }: { plan: Plan; picture: Picture }) {
  const { settings, proposed } = picture;
  const slider = useRef<HTMLInputElement>(null);
  const start = useMemo(() => nearestSetting(settings, proposed), [picture]);
  /** Number of the chosen setting. */
  const moved = useSignal<number | undefined>(undefined);
  const here = moved.value === undefined ? undefined : settings[moved.value];
  const label = `points against ${cut(shortName(plan.baseline.model))}`;
  const data = useMemo(() => ({ picture, here: here ?? proposed, label }), [picture, here, label]);
  const { host, plot } = usePlot(createPlot, data);
  const words = useMemo(() => settingWords(plan, here ?? proposed), [plan, data]);
  const back = () => {
    moved.value = undefined;
  };
  // A new plan is shown at its proposed setting.
  useEffect(back, [picture]);
  const point = (event: PointerEvent) => {
    if (event.buttons % 2 === 1) moved.value = plot.current?.near(event.clientX, event.clientY);
  };
  return (
    <figure class="cost-chart plan-chart">
      <figcaption>
        <Legend baseline={plan.baseline.model} />
      </figcaption>
      <div
        class="plan-plot"
        role="img"
        aria-label={`Cost per 1,000 answers against ${label}. The table below has the same numbers.`}
        onPointerDown={(event) => {
          // A drag goes on outside.
          event.currentTarget.setPointerCapture(event.pointerId);
          point(event);
        }}
        onPointerMove={point}
      >
        <div ref={host} class="cost-canvas" />
      </div>
      <div class="dial" hidden={settings.length < 2}>
        <label for="plan-setting">Setting</label>
        <input
          ref={slider}
          id="plan-setting"
          type="range"
          min={0}
          max={settings.length - 1}
          step={1}
          value={moved.value ?? start}
          aria-valuetext={words}
          onInput={(event) => {
            moved.value = Number(event.currentTarget.value);
          }}
          onKeyDown={(event) => event.key === 'Escape' && back()}
        />
        <div class="dial-ends" aria-hidden="true">
          <span>cheaper</span>
          <span>dearer</span>
        </div>
      </div>
      <Here
        plan={plan}
        point={(here ?? proposed).point}
        here={here}
        words={here === undefined ? proposedWords(settings.length) : words}
        // The buttons go away with the setting: the focus goes to the handle.
        onUse={(atMost) => {
          slider.current?.focus();
          wish({ target: 'at-most', atMost });
        }}
        onBack={() => {
          slider.current?.focus();
          back();
        }}
      />
      <FarOff farOff={picture.farOff} />
    </figure>
  );
}

export function Chart({ plan }: { plan: Plan }) {
  const picture = useMemo(() => pictureOf(plan), [plan]);
  return (
    <>
      <div class="cost">
        {picture === undefined ? (
          <div data-no-picture>
            <p>
              No costs are known, so there is no picture of cost against right answers. Add columns with costs to the
              file, or a price list under “Options”.
            </p>
            <SettingTable plan={plan} settings={[]} />
          </div>
        ) : (
          <Drawn plan={plan} picture={picture} />
        )}
        <TargetForm />
      </div>
      {picture !== undefined && (
        <Folded summary={`The picture as a table (${count(picture.settings.length, 'setting')})`}>
          {() => <SettingTable plan={plan} settings={picture.settings} />}
        </Folded>
      )}
    </>
  );
}
