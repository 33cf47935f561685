/** The model to ask, and the dial that trades its quality for its price. */
import { useMemo } from 'preact/hooks';
import { cardOf } from '../../shared/card.js';
import { costUnitOf } from '../../shared/cost.js';
import { Dial } from '../../shared/dial.js';
import { DialStepper } from '../../shared/dial-stepper.js';
import { languageName } from '../../shared/format.js';
import { dialStops } from '../../shared/frontier.js';
import { Pick } from '../../shared/pick.js';
import { comparedWords, errorWords } from '../../shared/words.js';
import { siteName } from '../mine/offered.js';
import { onSite } from '../mine/on-site.js';
import { change, notWritten, stored } from '../stored/stored-signals.js';
import { OpenChat } from './open-chat.js';
import { Basis } from './plan.js';
import { type Answer, answer, backToShipped, isStale, origin, prompt, recordOf, retry, site, status } from './state.js';
import { Switch } from './switch.js';

function Failed({ error, isIndex }: { error: unknown; isIndex: boolean }) {
  const index = isIndex ? stored.value.index : null;
  return (
    <div role="alert" class="status failed" data-failed>
      <p>
        {index !== null && (
          <>
            Your own index <b dir="auto">{index.name}</b> cannot be used:{' '}
          </>
        )}
        {wordsOf(error)}
      </p>
      <p class="actions">
        <button type="button" class="small" data-retry onClick={retry}>
          Try again
        </button>
        {index !== null && (
          <button type="button" class="secondary outline small" data-shipped onClick={backToShipped}>
            Remove it and use the built-in benchmark
          </button>
        )}
      </p>
    </div>
  );
}

/** Describes an error; models of a chat may all be missing in an index of the user's own. */
function wordsOf(error: unknown): string {
  const isWithoutCandidate = (error as { code?: string } | undefined)?.code === 'no_candidate';
  const hasNames = Object.keys(site.value?.names ?? {}).length > 0;
  if (!isWithoutCandidate || !hasNames || origin.value === null) return errorWords(error);
  const there = siteName(origin.value);
  return `None of your models on ${there} is in this benchmark. Allow all models above, or change those on ${there}.`;
}

/** Status line. Screen readers announce its changes; a decision is one short sentence. */
function StatusLine() {
  const now = status.value;
  if (now.kind === 'failed') return <Failed error={now.error} isIndex={now.isIndex} />;
  const found = answer.value;
  const isWaiting = now.kind === 'loading' || (found === undefined && prompt.value.trim() !== '');
  return (
    <p role="status" class="status" data-status={now.kind}>
      {found === undefined ? (
        isWaiting ? (
          'Loading the router'
        ) : (
          'Your prompt stays on this device.'
        )
      ) : (
        <>
          <span class="visually-hidden">{`Ask ${found.decision.model}. `}</span>
          {`Decided on this device in ${Math.max(1, Math.round(found.elapsedMs))} ms. Nothing was sent.`}
        </>
      )}
    </p>
  );
}

function Step({ found }: { found: Answer }) {
  const { decision } = found;
  const stops = useMemo(() => dialStops(decision), [decision]);
  if (stops.length < 2) return null;
  return (
    <DialStepper
      stops={stops}
      prefer={stored.value.settings.prefer}
      onChange={(prefer) => change({ prefer })}
      unit={costUnitOf(decision.ranking)}
      qualityWords={(p) => comparedWords(decision, p)}
      recordOf={recordOf}
    />
  );
}

/** The language of a prompt that is not in English. */
function Language({ found }: { found: Answer }) {
  const { language } = found.decision;
  return language === null ? null : (
    <p class="status" data-language={language}>
      Read as {languageName(language)}.
    </p>
  );
}

/** The dial; in a chat that costs nothing per answer, why there is none. */
function PriceOrQuality({ found }: { found: Answer | undefined }) {
  if (site.value?.pays === 'plan' && origin.value !== null) {
    return (
      <p class="by" data-no-dial>
        An answer costs you nothing on <bdi>{siteName(origin.value)}</bdi>, so only quality counts.{' '}
        <a href="../settings/index.html#pays" target="_blank" rel="noopener">
          Change
        </a>
      </p>
    );
  }
  return (
    <>
      <Dial value={stored.value.settings.prefer} onChange={(prefer) => change({ prefer })} />
      {found && <Step found={found} />}
    </>
  );
}

export function AnswerCard() {
  const found = answer.value;
  return (
    <article class="ask-answer board" aria-label="Decision" aria-busy={isStale.value}>
      <h2>Suggested model</h2>
      {found ? (
        <>
          <Pick card={onSite(cardOf(found.decision, recordOf), site.value)} />
          <Switch decision={found.decision} />
          <OpenChat decision={found.decision} prompt={found.prompt} />
        </>
      ) : (
        <p class="placeholder" data-placeholder>
          The suggested model appears here.
        </p>
      )}
      <PriceOrQuality found={found} />
      {found && <Language found={found} />}
      <StatusLine />
      {notWritten.value !== undefined && (
        <p role="alert" class="failed" data-not-written>
          The settings could not be saved: {errorWords(notWritten.value)}
        </p>
      )}
      <Basis counted={found?.counted ?? 0} />
    </article>
  );
}
