/**
 * What the parts of the extension say to each other. A content script runs in a page and is taken for hostile: what comes
 * from one is judged by `FROM_CONTENT` and by its sender, and what it is told is what a badge shows, no more.
 */
import * as v from 'valibot';
import type { ChatName } from './chats/index.js';
import { MOST_CHARACTERS } from './limits.js';
import type { OwnIndex, Site, Stored } from './stored/schema.js';

const TEXT = v.pipe(v.string(), v.maxLength(MOST_CHARACTERS));

/** A content script to the background. */
export const FROM_CONTENT = v.variant('kind', [
  /** It is there. The answer is `Welcome` or `Off`. */
  v.strictObject({ kind: v.literal('hello') }),
  /** Somebody is about to type: the router should be there by then. The answer is that of `hello`, once it is. */
  v.strictObject({ kind: v.literal('warm') }),
  /** The answer is `Suggestion`, `NoSuggestion`, `Busy` or `Off`. One at a time: the next one after the answer. */
  v.strictObject({ kind: v.literal('ask'), text: TEXT }),
  /** The badge was clicked: the panel opens with this text. The answer is `Opened`. */
  v.strictObject({ kind: v.literal('open'), text: TEXT }),
]);
export type FromContent = v.InferOutput<typeof FROM_CONTENT>;

/** This page gets no badge (any more): the script takes itself away. */
interface Off {
  kind: 'off';
}

export interface Welcome {
  kind: 'welcome';
  adapter: ChatName;
  endpoint: string;
}

export interface Suggestion {
  kind: 'suggestion';
  model: string;
  /** The site's own name of it, where the person gave one. */
  siteModel: string | null;
  /** Predicted chance to be right, 0..1. */
  pCorrect: number;
  /** Blended, US dollars per million tokens. */
  usdPerMTok: number | null;
  /** `stop`: nothing in the benchmark resembles the text. */
  lamp: 'clear' | 'caution' | 'stop';
  /** Whole sentences. */
  why: string[];
}

/** There is nothing to suggest. */
export interface NoSuggestion {
  kind: 'none';
  /** A sentence for people. */
  why: string;
}

/** The last question of this page is still being answered. */
export interface Busy {
  kind: 'busy';
}

export interface Opened {
  kind: 'opened';
  /** False where the browser does not let a page's click open the panel: then the person has to. */
  isOpen: boolean;
}

export type ToContent = Off | Welcome | Suggestion | NoSuggestion | Busy | Opened;

/** The background to content scripts: something changed, say hello again. */
export interface Told {
  kind: 'check';
}

/** The background to the offscreen document, which believes nobody else. The answers are `Suggestion` or `NoSuggestion`. */
export type ToOffscreen =
  | { to: 'offscreen'; kind: 'warm'; index: OwnIndex | null }
  | { to: 'offscreen'; kind: 'ask'; text: string; stored: Pick<Stored, 'settings' | 'index'>; site: Site };
