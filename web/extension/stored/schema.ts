/** The stored settings: plain data, validated whenever it is read. */
import * as v from 'valibot';
import { isHubId } from '../../shared/hub.js';
import { DEFAULT_SETTINGS, DIAL } from '../../shared/settings.js';
import { CHATS, type ChatName } from '../chats/index.js';

/** Names of models come from benchmarks and from users. */
const NAME = v.pipe(v.string(), v.minLength(1), v.maxLength(300));
const USD = v.pipe(v.number(), v.finite(), v.minValue(0), v.maxValue(1e6));

/** Chats on local machines seldom have a certificate. */
const LOCAL = /^(localhost|127\.|10\.|192\.168\.|\[::1\])/i;

/** Returns the origin of the site that the user typed; `undefined` if it is not an address. */
export function originOf(typed: string): string | undefined {
  const text = typed.trim();
  const scheme = LOCAL.test(text) ? 'http' : 'https';
  try {
    const { origin, protocol } = new URL(/^[a-z]+:\/\//i.test(text) ? text : `${scheme}://${text}`);
    // A host name may contain a star, but in the browser's permissions a star means all sites.
    const isOne = !/\*|%2a/i.test(origin);
    return isOne && (protocol === 'https:' || protocol === 'http:') ? origin : undefined;
  } catch {
    return undefined;
  }
}

/** Without a path: "https://chat.example.com". */
const ORIGIN = v.pipe(
  v.string(),
  v.check((text) => originOf(text) === text, 'expected an origin, such as https://chat.example.com'),
);

/** See `Settings` of web/shared/settings. */
const SETTINGS = v.object({
  prefer: v.picklist(DIAL),
  excluded: v.array(NAME),
  prices: v.record(NAME, v.union([USD, v.object({ in: USD, out: USD })])),
  pricedOnly: v.boolean(),
});

const SITE = v.object({
  /** Whether its pages have a badge. The permission is separate: only the browser knows it. */
  isOn: v.boolean(),
  /** The kind of chat, under the name that the first version gave to this key. */
  adapter: v.picklist<ChatName[]>(['auto', ...CHATS.map(({ name }) => name)]),
  /**
   * The models that the user has there: the site's own names for models of the benchmark. If there are any, only these
   * models are suggested there.
   */
  names: v.record(NAME, NAME),
  /** LibreChat: the endpoint in its addresses; may be empty. */
  endpoint: v.pipe(v.string(), v.maxLength(100)),
  /** `plan`: one price for all answers, so that only quality counts there; `use`: each answer costs something. */
  pays: v.picklist(['plan', 'use']),
  /** The model of the benchmark that the user mostly uses there, which suggestions are compared with; `null` if not set. */
  usual: v.nullable(NAME),
});
export type Site = v.InferOutput<typeof SITE>;

export const NEW_SITE: Site = { isOn: true, adapter: 'auto', names: {}, endpoint: '', pays: 'use', usual: null };

/** The user's own index; its bytes are in IndexedDB under its id. */
const OWN_INDEX = v.object({
  id: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
  name: v.pipe(v.string(), v.maxLength(300)),
  sizeBytes: v.pipe(v.number(), v.finite(), v.minValue(0)),
  /** Name on the hub of the sentence transformer that it was built with; `null`: the built-in embedder. */
  model: v.nullable(v.pipe(v.string(), v.maxLength(200), v.check(isHubId, 'expected a name such as owner/name'))),
  /** Type of the downloaded weights. */
  dtype: v.picklist(['q8', 'fp16', 'fp32']),
});
export type OwnIndex = v.InferOutput<typeof OWN_INDEX>;

export const VERSION = 3;

export const STORED = v.object({
  version: v.literal(VERSION),
  settings: SETTINGS,
  sites: v.record(ORIGIN, SITE),
  /** `null`: the built-in index. */
  index: v.nullable(OWN_INDEX),
});
export type Stored = v.InferOutput<typeof STORED>;

export const DEFAULT_STORED: Stored = {
  version: VERSION,
  settings: { ...DEFAULT_SETTINGS, excluded: [], prices: {} },
  sites: {},
  index: null,
};
