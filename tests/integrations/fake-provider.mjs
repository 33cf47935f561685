// A local provider that speaks OpenAI's and Anthropic's protocols, as far as their clients read the answers.
import { once } from 'node:events';
import { createServer } from 'node:http';

const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
const sse = (events) =>
  events.map(([name, data]) => `${name ? `event: ${name}\n` : ''}data: ${JSON.stringify(data)}\n\n`).join('');

/** The text of every answer: it names the model that gave it. */
export const answerOf = (model) => `This is ${model}.`;

const call = { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } };

/** Calls the tool if there is one and its result is not there yet. */
const isToolCall = ({ tools, messages = [] }) => tools?.length > 0 && !messages.some(({ role }) => role === 'tool');

function chat(body) {
  const head = { id: 'chat_1', created: 1, model: body.model };
  const message = isToolCall(body)
    ? { role: 'assistant', content: null, tool_calls: [call] }
    : { role: 'assistant', content: answerOf(body.model) };
  const finish_reason = isToolCall(body) ? 'tool_calls' : 'stop';
  if (!body.stream) {
    return JSON.stringify({
      ...head,
      object: 'chat.completion',
      choices: [{ index: 0, message, finish_reason }],
      usage,
    });
  }
  const chunk = (delta, finish = null) => ({
    ...head,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
  const words = answerOf(body.model).match(/\S+\s*/g);
  const events = [...words.map((content) => ['', chunk({ role: 'assistant', content })]), ['', chunk({}, 'stop')]];
  return `${sse([...events, ['', { ...head, object: 'chat.completion.chunk', choices: [], usage }]])}data: [DONE]\n\n`;
}

function responses(body) {
  const text = { type: 'output_text', text: answerOf(body.model), annotations: [] };
  const item = { id: 'msg_1', type: 'message', role: 'assistant', status: 'completed', content: [text] };
  const tokens = { input_tokens: 3, output_tokens: 2, total_tokens: 5 };
  const whole = {
    id: 'resp_1',
    object: 'response',
    created_at: 1,
    status: 'completed',
    model: body.model,
    output: [item],
    usage: tokens,
  };
  if (!body.stream) return JSON.stringify(whole);
  const at = { item_id: 'msg_1', output_index: 0, content_index: 0 };
  return sse(
    [
      ['response.created', { response: { ...whole, status: 'in_progress', output: [] } }],
      ['response.output_item.added', { output_index: 0, item: { ...item, status: 'in_progress', content: [] } }],
      ['response.content_part.added', { ...at, part: { ...text, text: '' } }],
      ['response.output_text.delta', { ...at, delta: text.text }],
      ['response.output_text.done', { ...at, text: text.text }],
      ['response.content_part.done', { ...at, part: text }],
      ['response.output_item.done', { output_index: 0, item }],
      ['response.completed', { response: whole }],
    ].map(([type, data], i) => [type, { type, sequence_number: i, ...data }]),
  );
}

function messages(body) {
  const head = { id: 'msg_1', type: 'message', role: 'assistant', model: body.model, stop_sequence: null };
  const tokens = { input_tokens: 3, output_tokens: 2 };
  const text = answerOf(body.model);
  if (!body.stream) {
    return JSON.stringify({ ...head, content: [{ type: 'text', text }], stop_reason: 'end_turn', usage: tokens });
  }
  return sse(
    [
      ['message_start', { message: { ...head, content: [], stop_reason: null, usage: tokens } }],
      ['content_block_start', { index: 0, content_block: { type: 'text', text: '' } }],
      ['content_block_delta', { index: 0, delta: { type: 'text_delta', text } }],
      ['content_block_stop', { index: 0 }],
      ['message_delta', { delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: tokens }],
      ['message_stop', {}],
    ].map(([type, data]) => [type, { type, ...data }]),
  );
}

/** Streams that end before they say anything, by path. */
const STARTS = {
  '/v1/chat/completions': ({ model }) =>
    sse([
      ['', { id: 'chat_1', created: 1, model, choices: [{ index: 0, delta: { role: 'assistant', content: '' } }] }],
    ]),
  '/v1/responses': ({ model }) => {
    const response = { id: 'resp_1', object: 'response', created_at: 1, status: 'in_progress', model, output: [] };
    return sse([['response.created', { type: 'response.created', sequence_number: 0, response }]]);
  },
};

const PATHS = { '/v1/chat/completions': chat, '/v1/responses': responses, '/v1/messages': messages };

/**
 * Starts a provider, which returns files as they are. `requests` has the body of each request; `failing` has the status with which a model answers instead,
 * `hang` for none at all, or `break` for a stream that ends before it says anything.
 */
export async function startProvider() {
  const provider = { requests: [], headers: [], failing: new Map() };
  let held;
  const server = createServer(async (request, response) => {
    const json = { 'content-type': 'application/json' };
    if (request.url === '/v1/models') {
      response
        .writeHead(200, json)
        .end(JSON.stringify({ object: 'list', data: [{ id: 'openai/gpt-5.5', object: 'model' }] }));
      return;
    }
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const sent = Buffer.concat(chunks);
    if (request.url === '/v1/files') {
      response.end(sent);
      return;
    }
    const body = JSON.parse(sent.toString());
    provider.requests.push(body);
    provider.headers.push(request.headers);
    const failure = provider.failing.get(body.model);
    if (failure === 'hang') return;
    await held;
    if (failure === 'break') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(STARTS[request.url](body), () => response.destroy());
      return;
    }
    if (failure !== undefined) {
      response
        .writeHead(failure, json)
        .end(JSON.stringify({ error: { message: 'out of order', type: 'server_error' } }));
      return;
    }
    const type = body.stream ? { 'content-type': 'text/event-stream' } : json;
    response.writeHead(200, type).end(PATHS[request.url](body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  provider.url = `http://127.0.0.1:${server.address().port}/v1`;
  /** Holds all answers back until the returned function is called. */
  provider.hold = () => {
    let release;
    held = new Promise((resolve) => {
      release = resolve;
    });
    return release;
  };
  provider.close = () => {
    server.closeAllConnections();
    server.close();
  };
  return provider;
}
