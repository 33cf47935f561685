/** A chart of all priced models, price against mean score, with one of them named. */
import { dollars, percent } from '../../shared/format.js';
import { blendedPrice } from './standings.js';
import type { Model } from './types.js';

const WIDTH = 480;
const HEIGHT = 290;
/** Room for the labels of the axes. */
const LEFT = 48;
const BOTTOM = 46;
const TOP = 16;
const RIGHT = 24;

/** A name beyond this share of the width stands before its dot. */
const LATE = 0.55;

interface Priced {
  model: Model;
  price: number;
}

/** Free models have no place on a scale of powers. */
const pricedOf = (models: readonly Model[]): Priced[] =>
  models.flatMap((model) => {
    const price = blendedPrice(model);
    return price === null || price <= 0 ? [] : [{ model, price }];
  });

/** The models that no cheaper one equals, the cheapest first. */
function frontierOf(priced: readonly Priced[]): Priced[] {
  const out: Priced[] = [];
  for (const one of [...priced].sort((a, b) => a.price - b.price || b.model.strength - a.model.strength)) {
    if (one.model.strength > (out.at(-1)?.model.strength ?? 0)) out.push(one);
  }
  return out;
}

export function PriceChart({ models, own }: { models: readonly Model[]; own: Model }) {
  const priced = pricedOf(models);
  const found = priced.find(({ model }) => model === own);
  if (found === undefined) return null;
  const prices = priced.map(({ price }) => Math.log10(price));
  const [low, high] = [Math.floor(Math.min(...prices)), Math.ceil(Math.max(...prices))];
  const strengths = priced.map(({ model }) => model.strength);
  const [least, most] = [Math.floor(10 * Math.min(...strengths)) / 10, Math.ceil(10 * Math.max(...strengths)) / 10];
  const x = (price: number) => LEFT + ((WIDTH - LEFT - RIGHT) * (Math.log10(price) - low)) / Math.max(1, high - low);
  const y = (strength: number) => TOP + ((HEIGHT - TOP - BOTTOM) * (most - strength)) / Math.max(0.1, most - least);
  const at = ({ model, price }: Priced) => `${x(price).toFixed(1)} ${y(model.strength).toFixed(1)}`;
  const frontier = frontierOf(priced);
  const steps = frontier.map((one, i) =>
    i === 0 ? `M${at(one)}` : `H${x(one.price).toFixed(1)}V${y(one.model.strength).toFixed(1)}`,
  );
  const isLate = x(found.price) > LATE * WIDTH;
  const powers = Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i));
  const levels = Array.from({ length: Math.round(10 * (most - least)) + 1 }, (_, i) => least + i / 10);
  return (
    <figure class="price-chart">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`Price against mean score: ${own.title} among ${priced.length} models with a price`}
      >
        {levels.map((level) => (
          <g key={level}>
            <path class="grid" d={`M${LEFT} ${y(level)}H${WIDTH - RIGHT}`} />
            <text x={LEFT - 8} y={y(level) + 4} text-anchor="end">
              {percent(level)}
            </text>
          </g>
        ))}
        {powers.map((price) => (
          <text key={price} x={x(price)} y={HEIGHT - BOTTOM + 20} text-anchor="middle">
            {dollars(price)}
          </text>
        ))}
        <text x={WIDTH - RIGHT} y={HEIGHT - 4} text-anchor="end">
          per million tokens, three of input to one of output
        </text>
        <path class="others" d={priced.map((one) => `M${at(one)}h0`).join('')} />
        <path class="frontier" d={`${steps.join('')}H${WIDTH - RIGHT}`} />
        <circle class="own" cx={x(found.price)} cy={y(own.strength)} r="7" />
        <text
          class="name"
          x={x(found.price) + (isLate ? -13 : 13)}
          y={y(own.strength) + 5}
          text-anchor={isLate ? 'end' : 'start'}
        >
          {own.title}
        </text>
      </svg>
      <figcaption>
        <small>Mean score by price. The line is the best model within each price.</small>
      </figcaption>
    </figure>
  );
}
