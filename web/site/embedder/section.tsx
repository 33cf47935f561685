/** A larger embedder: runs a sentence transformer in the page, beside the small embedder. */
import './style.css';
import { SideBySide } from './comparison.js';
import { IndexChoice } from './index-choice.js';
import { ModelForm } from './model-form.js';

export function EmbedderSection() {
  return (
    <div class="larger-embedder">
      <p>
        This page's own embedder ignores word order: it takes a few megabytes and answers while you type. A sentence
        transformer reads words in order and takes longer. It is loaded only if you ask for it, from the host shown
        below, and runs in this page: prompts do not leave it. Besides its own host, the page may contact only{' '}
        <code>huggingface.co</code>, <code>*.huggingface.co</code> and <code>*.hf.co</code>, where the hub stores large
        files.
      </p>
      <h3>Model</h3>
      <ModelForm />
      <h3>Index</h3>
      <p>An index works only with the embedder that built it.</p>
      <IndexChoice />
      <h3>Side by side</h3>
      <SideBySide />
    </div>
  );
}
