// Small numerical helpers of the builder.

const EDGE = 0.005;

/** Returns the logit of a probability that is kept away from 0 and 1. */
export const logit = (p, edge = EDGE) => {
  const inside = Math.min(Math.max(p, edge), 1 - edge);
  return Math.log(inside / (1 - inside));
};
export const sigmoid = (x) => 1 / (1 + Math.exp(-x));
export const sum = (values) => values.reduce((total, x) => total + x, 0);
export const mean = (values) => sum(values) / values.length;
export const clamp = (x, low, high) => Math.min(Math.max(x, low), high);
export const round = (x, digits) => Number(x.toFixed(digits));

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** Returns at most `most` of the items, evenly spaced. */
export function spaced(items, most) {
  if (items.length <= most) return items;
  return Array.from({ length: most }, (_, i) => items[Math.floor((i * items.length) / most)]);
}

/** Returns the ranks of values, with ties at their mean rank. */
function ranks(values) {
  const order = values.map((_, i) => i).sort((a, b) => values[a] - values[b]);
  const out = new Array(values.length);
  for (let i = 0; i < order.length; ) {
    let end = i;
    while (end < order.length && values[order[end]] === values[order[i]]) ++end;
    for (let j = i; j < end; ++j) out[order[j]] = (i + end - 1) / 2;
    i = end;
  }
  return out;
}

/** Returns Spearman's rank correlation. */
export function rankCorrelation(a, b) {
  const [x, y] = [ranks(a), ranks(b)];
  const [mx, my] = [mean(x), mean(y)];
  const cov = sum(x.map((v, i) => (v - mx) * (y[i] - my)));
  return cov / Math.sqrt(sum(x.map((v) => (v - mx) ** 2)) * sum(y.map((v) => (v - my) ** 2)));
}

/** Returns the items by key, in the order of their first occurrence. */
export function groupBy(items, key) {
  const groups = new Map();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return groups;
}
