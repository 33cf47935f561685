/** The side panel: a prompt, the model to ask, and why. */
import '../../shared/tokens.css';
import '../../shared/base.css';
import '../../shared/style.css';
import '../../shared/controls.css';
import '../page.css';
import './style.css';
import { render } from 'preact';
import { openStored } from '../stored/stored-signals.js';
import { AnswerCard } from './answer.js';
import { Feedback } from './feedback.js';
import { PromptBox } from './prompt-box.js';
import { openPanel } from './state.js';
import { Why } from './why.js';

function App() {
  return (
    <>
      <PromptBox />
      <AnswerCard />
      <Feedback />
      <Why />
    </>
  );
}

openStored();
openPanel();
render(<App />, document.getElementById('app') as HTMLElement);
