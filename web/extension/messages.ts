/**
 * Messages between the parts of the extension. A content script runs in a page and is treated as hostile: its messages are
 * validated by `FROM_CONTENT` and by their sender, and it receives only what a badge shows.
 */
import * as v from 'valibot';
import type { Figure } from '../shared/words.js';
import { CHATS, type ChatName } from './chats/index.js';
import { LONGEST_PICKED } from './chats/picked.js';
import { MOST_CHARACTERS } from './limits.js';
import type { OwnIndex, Site, Stored } from './stored/schema.js';

const TEXT = v.pipe(v.string(), v.maxLength(MOST_CHARACTERS));

/** Facts about the page, as its script sees it. */
export const PAGE = v.strictObject({
  chat: v.picklist<ChatName[]>(CHATS.map(({ name }) => name)),
  /** False if the page is of a known chat, but not as the record of the chat describes it. */
  isUnderstood: v.boolean(),
  /** Text of the model picker. */
  picked: v.nullable(v.pipe(v.string(), v.maxLength(LONGEST_PICKED))),
});
export type PageFacts = v.InferOutput<typeof PAGE>;

/** From a content script to the background. */
export const FROM_CONTENT = v.variant('kind', [
  /** The script has started. The answer is `Welcome` or `Off`. */
  v.strictObject({ kind: v.literal('hello') }),
  /** The user is about to type. The answer is that of `hello`, once the router is ready. */
  v.strictObject({ kind: v.literal('warm') }),
  /** The answer is `Suggestion`, `NoSuggestion`, `Busy` or `Off`. One question at a time. */
  v.strictObject({ kind: v.literal('ask'), text: TEXT, page: v.optional(PAGE) }),
  /** The badge was clicked: the panel opens with this text. The answer is `Opened`. */
  v.strictObject({ kind: v.literal('open'), text: TEXT, page: v.optional(PAGE) }),
]);
export type FromContent = v.InferOutput<typeof FROM_CONTENT>;

/** This page has no badge (any more): the script removes itself. */
interface Off {
  kind: 'off';
}

export interface Welcome {
  kind: 'welcome';
  adapter: ChatName;
  endpoint: string;
}

/**
 * How the pick compares with the model that the user is on: `better`; `cheaper` and as good; `stay`: neither; `unknown`:
 * that model is not known, or not a candidate; `unmeasured`: one of the two has too few results; `unsure`: too few results
 * resemble the text.
 */
export type Verdict = 'better' | 'cheaper' | 'stay' | 'unknown' | 'unmeasured' | 'unsure';

export interface Suggestion {
  kind: 'suggestion';
  verdict: Verdict;
  model: string;
  /** The name to show: the one in the picker of a chat with a list, or else a short one. */
  label: string;
  /** The site's own name for the model, if it is known. */
  siteModel: string | null;
  /** The model that the user is on, by the name to show. */
  current: string | null;
  /** Quality and price of the pick, as shown: more digits would reveal more to the page. */
  quality: Figure;
  /** `null` where single answers cost nothing. */
  price: Figure | null;
  lamp: 'clear' | 'caution';
  /** The reasons, a sentence each. */
  why: string[];
}

export interface NoSuggestion {
  kind: 'none';
  /** `stop`: the benchmark contains nothing similar to the text; `dark`: the embedder can't read it; `none`: a failure. */
  lamp: 'stop' | 'dark' | 'none';
  /** The reasons, a sentence each. */
  why: string[];
}

/** The last question of this page is still being answered. */
export interface Busy {
  kind: 'busy';
}

export interface Opened {
  kind: 'opened';
  /** False if the browser does not allow this: the user then has to open the panel. */
  isOpen: boolean;
}

export type ToContent = Off | Welcome | Suggestion | NoSuggestion | Busy | Opened;

/** From the background to content scripts: settings or permissions have changed, send `hello` again. */
export interface Told {
  kind: 'check';
}

/**
 * From the background to the offscreen document, which trusts no other sender. The answers are `Suggestion` or
 * `NoSuggestion`.
 */
export type ToOffscreen =
  | { to: 'offscreen'; kind: 'warm'; index: OwnIndex | null }
  | {
      to: 'offscreen';
      kind: 'ask';
      text: string;
      stored: Pick<Stored, 'settings' | 'index'>;
      site: Site;
      page?: PageFacts;
    };
