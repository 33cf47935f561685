/** Completes the core's choice of prompts to grade. */
import type { NextLabels, NothingLeft } from '../types.js';
import type { CoreNextLabels } from '../wasm/core-module.js';

function nothingLeft({ rows, models, disagreeing }: CoreNextLabels): NothingLeft | null {
  if (rows.length > 0) return null;
  if (models.length < 2) return 'one_candidate';
  return disagreeing === 0 ? 'answers_agree' : 'all_graded';
}

/** `byAnswers`: the prompts come from those on which answers differ. One candidate needs no grades. */
export function nextLabelsOf(chosen: CoreNextLabels, byAnswers: boolean): NextLabels {
  const rows = chosen.models.length < 2 ? [] : chosen.rows;
  const { weight, models: candidates, disagreeing, labelled: graded } = chosen;
  const selectedBy = byAnswers ? ('disagreement' as const) : ('random' as const);
  return {
    rows: rows.map((index) => ({ index, selectedBy, weight })),
    candidates,
    disagreeing,
    graded,
    nothingLeft: nothingLeft({ ...chosen, rows }),
  };
}
