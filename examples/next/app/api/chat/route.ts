import { Router, SignalboxError } from 'signalbox';

/** The candidates by their names in the index, and the provider's names for them. */
const MODELS: Readonly<Record<string, string>> = {
  'openai/gpt-5.5': 'gpt-5.5',
  'openai/gpt-5-mini': 'gpt-5-mini',
  'openai/gpt-5-nano': 'gpt-5-nano',
};

// One router for all requests: a decision takes milliseconds, a load some hundred. A failed load is tried again.
let loading: Promise<Router> | undefined;
function load(): Promise<Router> {
  loading ??= Router.load().catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

const failure = (status: number, message: string) => Response.json({ error: { message } }, { status });

export async function POST(request: Request): Promise<Response> {
  // The signal ends both the decision and the answer when the client goes.
  const { signal } = request;
  try {
    const { messages } = await request.json();
    const router = await load();
    const { model } = await router.route({ messages }, { candidates: Object.keys(MODELS), signal });
    const base = process.env.OPENAI_BASE_URL ?? 'https://api.openai.com/v1';
    const answer = await fetch(`${base}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${process.env.OPENAI_API_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: MODELS[model], messages, stream: true }),
      signal,
    });
    const type = answer.headers.get('content-type') ?? 'text/event-stream';
    return new Response(answer.body, {
      status: answer.status,
      headers: { 'content-type': type, 'x-signalbox-model': model },
    });
  } catch (error) {
    if (signal.aborted) return failure(499, 'the client has gone');
    // Not JSON, or messages that the router cannot read: the caller's fault, said in full.
    if (error instanceof SyntaxError) return failure(400, 'the body is not JSON');
    if (error instanceof SignalboxError && error.code === 'invalid_argument') return failure(400, error.message);
    console.error(error);
    return failure(502, 'no answer');
  }
}
