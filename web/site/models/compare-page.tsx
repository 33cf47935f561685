/** The frame of the page that compares two models: the two lists. `compare.tsx` fills in the rest. */
import type { Facts, Model } from './types.js';

function Choice({
  facts,
  side,
  label,
  chosen,
}: {
  facts: Facts;
  side: string;
  label: string;
  chosen: Model | undefined;
}) {
  const makers = [...new Set(facts.models.map(({ maker }) => maker ?? 'Other'))];
  makers.sort((a, b) => a.localeCompare(b, 'en'));
  return (
    <label>
      {label}
      <select data-side={side}>
        {makers.map((maker) => (
          <optgroup key={maker} label={maker}>
            {facts.models
              .filter((model) => (model.maker ?? 'Other') === maker)
              .map((model) => (
                <option key={model.name} value={model.slug} selected={model === chosen}>
                  {model.title}
                </option>
              ))}
          </optgroup>
        ))}
      </select>
    </label>
  );
}

/** `folder` is the address of the results, which ends with a slash. */
export function ComparePage({ facts, folder }: { facts: Facts; folder: string }) {
  const chosen = [1, 2].map((place) => facts.models.find((model) => model.place === place));
  return (
    <>
      <p>
        <a href="index.html">All models</a>
      </p>
      <h1>Compare two models</h1>
      <form class="filters">
        <Choice facts={facts} side="first" label="First model" chosen={chosen[0]} />
        <Choice facts={facts} side="second" label="Second model" chosen={chosen[1]} />
      </form>
      <noscript>
        <p>
          Comparing any two models needs JavaScript. The page of <a href="index.html">each model</a> compares it with
          its nearest rivals without.
        </p>
      </noscript>
      {/* In the page from the start, so that screen readers announce its changes. */}
      <p id="verdict" class="lead" role="status" />
      <div id="comparison" data-folder={folder} />
    </>
  );
}
