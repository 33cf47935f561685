import { routeWithFeedback, WorkerRouter } from 'signalbox';
import { MODELS } from './models.js';

const find = (selector) => document.querySelector(selector);
const [list, status, form, text, stop] = ['ol', '[role=status]', 'form', 'textarea', '#stop'].map(find);
const say = (words) => {
  status.textContent = words;
};

/** Ratings of this person: they move later decisions on similar prompts. The vectors do not hold the prompts' words. */
let ratings = [];
/** The ratings' key in the browser. Their vectors mean nothing to another embedder, so its hash is part of the key. */
let store;
const MOST_RATINGS = 200;

const loading = WorkerRouter.load();
loading.then(({ info }) => {
  store = `ratings ${info.embedder.hash}`;
  ratings = storedRatings();
  say('');
}, sayFailure);

const messages = [];
/** The model that answered last: the chat stays with it unless another one is worth reading everything again. */
let conversation;
let running;

function sayFailure(error) {
  say(`Something failed: ${error.message}`);
}

/** Returns the stored ratings; none if somebody has edited them. */
function storedRatings() {
  try {
    return JSON.parse(localStorage.getItem(store) ?? '[]');
  } catch {
    return [];
  }
}

function show(role, words) {
  const item = find('template').content.cloneNode(true).firstElementChild;
  item.className = role;
  item.querySelector('.text').textContent = words;
  list.append(item);
  return item;
}

/** Keeps a rating; a second click on the same answer replaces the first. */
async function rate(item, rating, prompt, isRight) {
  const router = await loading;
  const [{ vector }] = await router.embed([prompt]);
  const model = item.dataset.model;
  Object.assign(rating, { vector: Array.from(vector), outcomes: { [model]: isRight } });
  if (!ratings.includes(rating)) ratings.push(rating);
  ratings.splice(0, ratings.length - MOST_RATINGS);
  localStorage.setItem(store, JSON.stringify(ratings));
  // After a wrong answer, a better model takes over, if there is one.
  if (item === list.lastElementChild) conversation = { model, failed: !isRight };
  for (const button of item.querySelectorAll('button')) {
    button.ariaPressed = String((button.value === 'right') === isRight);
  }
}

function offerRating(item, prompt) {
  const rating = {};
  for (const button of item.querySelectorAll('button')) {
    button.onclick = () => rate(item, rating, prompt, button.value === 'right').catch(sayFailure);
  }
}

/** Shows the answer as it comes, and returns it; after an abort, the part that has come. */
async function stream(body, element) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) element.append(part.value);
  } catch (error) {
    if (error.name !== 'AbortError') throw error;
  }
  return element.textContent;
}

async function send(prompt, signal) {
  const asked = [...messages, { role: 'user', content: prompt }];
  const router = await loading;
  const options = { candidates: MODELS, conversation, signal };
  const { model, reason } = await routeWithFeedback(router, { messages: asked }, ratings, options);
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ model, messages: asked });
  const response = await fetch('api/chat', { method: 'POST', headers, body, signal });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  const question = show('user', prompt);
  const item = show('assistant', '');
  item.dataset.model = model;
  item.querySelector('.model').textContent = `${model}. ${reason}`;
  offerRating(item, prompt);
  try {
    const content = await stream(response.body, item.querySelector('.text'));
    messages.push(asked.at(-1), { role: 'assistant', content });
  } catch (error) {
    question.remove();
    item.remove();
    throw error;
  }
  conversation = { model };
}

form.onsubmit = async (event) => {
  event.preventDefault();
  if (running !== undefined) return;
  const prompt = text.value;
  running = new AbortController();
  stop.disabled = false;
  text.value = '';
  say('');
  try {
    await send(prompt, running.signal);
  } catch (error) {
    // Nothing was answered: the prompt is there to be sent again.
    text.value = prompt;
    // The router's aborts have the same name as those of `fetch`.
    if (error.name === 'AbortError') say('Stopped.');
    else sayFailure(error);
  }
  running = undefined;
  stop.disabled = true;
};
stop.onclick = () => running?.abort();
