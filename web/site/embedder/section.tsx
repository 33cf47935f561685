/** A larger embedder: a sentence transformer in the page, beside the small one. */
import './style.css';
import { SideBySide } from './comparison.js';
import { IndexChoice } from './index-choice.js';
import { ModelForm } from './model-form.js';

export function EmbedderSection() {
  return (
    <div class="larger-embedder">
      <p>
        The page's own embedder is a bag of words: a few megabytes, and an answer while you type. A sentence transformer
        reads words in their order, and takes longer. This one is loaded only if you ask for it, from the host that you
        see, and runs in this page: prompts do not leave it. Besides its own host the page may ask{' '}
        <code>huggingface.co</code>, <code>*.huggingface.co</code> and <code>*.hf.co</code>, where the hub keeps large
        files, and no other.
      </p>
      <h3>The model</h3>
      <ModelForm />
      <h3>Its index</h3>
      <p>An index holds vectors of one embedder, and takes prompts through that one only.</p>
      <IndexChoice />
      <h3>Side by side</h3>
      <SideBySide />
    </div>
  );
}
