/** A model and an index of the user's own choice. */
import { IndexChoice } from './index-choice.js';
import { ModelForm } from './model-form.js';

export function OwnModel() {
  return (
    <>
      <p>
        Any sentence transformer with ONNX weights works, with an index that was built with it. Besides its own host,
        the page may contact only <code>huggingface.co</code>, <code>*.huggingface.co</code> and <code>*.hf.co</code>,
        where the hub stores large files.
      </p>
      <h3>Model</h3>
      <ModelForm />
      <h3>Index</h3>
      <p>An index works only with the embedder that built it.</p>
      <IndexChoice />
    </>
  );
}
