/** Quality against cost: the candidates by price and predicted quality, the dial, and the prices themselves. */
import './style.css';
import { useComputed, useSignal } from '@preact/signals';
import { useMemo, useRef } from 'preact/hooks';
import type { Decision } from 'signalbox';
import { Candidates } from '../../shared/candidates.js';
import { type CostUnit, costUnitOf } from '../../shared/cost.js';
import { Dial } from '../../shared/dial.js';
import { DialStepper } from '../../shared/dial-stepper.js';
import { Folded } from '../../shared/folded.js';
import { count } from '../../shared/format.js';
import {
  beats,
  dialStops,
  frontierOf,
  keepSame,
  type PricedModel,
  pricedModels,
  referenceOf,
  wantedModel,
} from '../../shared/frontier.js';
import { POINTS, type Prefer, priceOf } from '../../shared/settings.js';
import { comparedWords, errorWords } from '../../shared/words.js';
import { answer, change, info, recordOf, settings, status } from '../state.js';
import { CostChart, pointWords } from './chart.js';
import { PointTable } from './point-table.js';
import { type QualityWords, qualityWords } from './quality.js';

const CANDIDATES_ID = 'cost-candidates';

function openCandidates(): void {
  const folded = document.getElementById(CANDIDATES_ID);
  if (!(folded instanceof HTMLDetailsElement)) return;
  folded.open = true;
  folded.querySelector('summary')?.focus();
}

function ToPrices({ words }: { words: string }) {
  return (
    <button type="button" class="link-button" onClick={openCandidates}>
      {words}
    </button>
  );
}

/** Tells which candidates the chart cannot show, and what to do about it. */
function Undrawn({ decision, drawn }: { decision: Decision; drawn: number }) {
  const { ranking } = decision;
  const missing = ranking.length - drawn;
  if (missing === 0) return null;
  const wanted = ranking.find(({ model }) => model === wantedModel(decision));
  return (
    <p>
      {missing} of {count(ranking.length, 'candidate')} {missing === 1 ? 'has' : 'have'} no price and{' '}
      {missing === 1 ? 'is' : 'are'} not shown.{' '}
      {wanted?.usdPerMTok === null && (
        <>
          {missing === 1 ? 'It is ' : 'One of them is '}
          <bdi>{wanted.model}</bdi>, the best for this prompt ({comparedWords(decision, wanted.pCorrect)}).{' '}
        </>
      )}
      <ToPrices words={missing === 1 ? 'Set its price' : 'Set their prices'} />
    </p>
  );
}

interface SelectedProps {
  point: PricedModel | undefined;
  points: readonly PricedModel[];
  unit: CostUnit;
  quality: QualityWords;
}

function Selected({ point, points, unit, quality }: SelectedProps) {
  if (point === undefined) {
    return <p class="selected-point">Click a point, or use the arrow keys on the chart, to see its interval.</p>;
  }
  const better = beats(frontierOf(points), point);
  const isBeaten = better !== undefined && (better.p > point.p || better.usd < point.usd);
  return (
    <p class="selected-point" data-selected>
      <b dir="auto">{pointWords(point, unit, quality)}.</b>{' '}
      {isBeaten ? (
        <>
          <bdi>{better.model}</bdi> ({unit.words(better.usd)}, {quality.of(better.p)}) costs no more and is as good or
          better.
        </>
      ) : (
        'This model is on the frontier.'
      )}
    </p>
  );
}

/** Returns the band of quality that the dial accepts, below the model that it counts from. */
function bandOf(decision: Decision, prefer: Prefer) {
  const best = referenceOf(decision);
  if (best === undefined) return undefined;
  const given = POINTS[prefer];
  const words = given === 0 ? 'the best' : `good enough: within ${given} points of the best`;
  return { low: Math.max(0, best - given / 100), high: best, words };
}

/** Returns how the chart describes quality: as chances, or as distances to the best candidate. */
function useQualityWords(decision: Decision): QualityWords {
  const isChance = decision.chance !== null;
  const shares = decision.ranking.map(({ pCorrect }) => pCorrect);
  const [best, worst] = isChance ? [1, 0] : [Math.max(...shares), Math.min(...shares)];
  return useMemo(() => qualityWords(isChance ? null : { best, worst }), [isChance, best, worst]);
}

function usePoints(decision: Decision): readonly PricedModel[] {
  const last = useRef<readonly PricedModel[]>([]);
  last.current = useMemo(() => keepSame(last.current, pricedModels(decision)), [decision]);
  return last.current;
}

function Trade({ decision }: { decision: Decision }) {
  const selected = useSignal<string | undefined>(undefined);
  const onSelect = useMemo(
    () => (model: string | undefined) => {
      selected.value = model;
    },
    [],
  );
  const points = usePoints(decision);
  const stops = useMemo(() => dialStops(decision), [decision]);
  const { prefer } = settings.value;
  const quality = useQualityWords(decision);
  const unit = costUnitOf(decision.ranking);
  const wanted = wantedModel(decision);
  if (points.length === 0) {
    return (
      <p data-no-prices>
        None of the {count(decision.ranking.length, 'candidate')} has a price. <ToPrices words="Set a price" /> to see
        the chart.
      </p>
    );
  }
  return (
    <>
      <div class="cost">
        <CostChart
          points={points}
          pick={decision.model}
          bestSingle={decision.bestSingleModel}
          challenger={wanted === decision.bestSingleModel ? undefined : wanted}
          band={bandOf(decision, prefer)}
          unit={unit}
          quality={quality}
          selected={selected.value}
          onSelect={onSelect}
        />
        <div class="cost-side">
          <Dial id="cost-dial" value={prefer} onChange={(to) => change({ prefer: to })} />
          <DialStepper
            stops={stops}
            prefer={prefer}
            onChange={(to) => change({ prefer: to })}
            unit={unit}
            qualityWords={quality.of}
            recordOf={recordOf}
          />
          <Selected
            point={points.find(({ model }) => model === selected.value)}
            points={points}
            unit={unit}
            quality={quality}
          />
          <Undrawn decision={decision} drawn={points.length} />
        </div>
      </div>
      <Folded summary={`The chart as a table (${count(points.length, 'model')})`}>
        {() => (
          <PointTable
            points={points}
            pick={decision.model}
            selected={selected.value}
            onSelect={onSelect}
            unit={unit}
            quality={quality}
          />
        )}
      </Folded>
    </>
  );
}

function Prices() {
  const models = info.value?.models;
  const now = settings.value;
  // Preact skips elements that are the same, as they are while only the dial moves.
  return useMemo(() => {
    if (models === undefined) return null;
    const priced = models.filter((model) => priceOf(model, now) !== null).length;
    return (
      <Folded id={CANDIDATES_ID} summary={`${count(models.length, 'model')}, ${priced} with a price`}>
        {() => <Candidates models={models} settings={now} onChange={change} />}
      </Folded>
    );
  }, [models, now.excluded, now.prices, now.pricedOnly]);
}

export function CostSection() {
  const now = status.value;
  const decision = useComputed(() => answer.value?.decision).value;
  return (
    <>
      {decision !== undefined && <Trade decision={decision} />}
      {now.kind === 'failed' && (
        <p class="failed" data-cost-failed>
          {errorWords(now.error)}
        </p>
      )}
      <Prices />
    </>
  );
}
