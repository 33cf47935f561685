// Serves the page, and answers its chat. The page picks the model; the key of your provider stays here.
import { fileURLToPath } from 'node:url';
import { serve } from '@hono/node-server';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import { streamText } from 'hono/streaming';
import { MODELS } from './models.js';

const signalboxFiles = fileURLToPath(new URL('.', import.meta.resolve('signalbox')));
const here = fileURLToPath(new URL('.', import.meta.url));
const pause = () => new Promise((resolve) => setTimeout(resolve, 60));

/** Stands for a provider: yields an answer word by word until the signal is aborted. Ask yours here, with the signal. */
async function* answer(model, messages, signal) {
  const { content } = messages.at(-1);
  for (const word of `This is a made-up answer of ${model} to: ${content}`.split(/(?<= )/)) {
    await pause();
    if (signal.aborted) return;
    yield word;
  }
}

const isMessage = (message) => ['user', 'assistant'].includes(message?.role) && typeof message.content === 'string';

const app = new Hono();
app.post('/api/chat', async (context) => {
  const { model, messages } = await context.req.json().catch(() => ({}));
  // The page is not trusted: it may name only these models, or anybody could have the dearest one.
  if (!MODELS.includes(model)) return context.text(`model: expected one of ${MODELS.join(', ')}`, 400);
  if (!Array.isArray(messages) || messages.length === 0 || !messages.every(isMessage)) {
    return context.text('messages: expected a list of { role, content }', 400);
  }
  return streamText(context, async (stream) => {
    // Who stops the answer in the page does not pay for the rest of it.
    const gone = new AbortController();
    stream.onAbort(() => gone.abort());
    for await (const word of answer(model, messages, gone.signal)) await stream.write(word);
  });
});
app.use('/signalbox/*', serveStatic({ root: signalboxFiles, rewriteRequestPath: (path) => path.slice(10) }));
for (const file of ['index.html', 'chat.js', 'models.js', 'style.css']) {
  app.get(`/${file === 'index.html' ? '' : file}`, serveStatic({ root: here, path: file }));
}

serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.env.PORT ?? 8080) }, ({ port }) =>
  console.log(`http://localhost:${port}/`),
);
