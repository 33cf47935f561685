/** The languages of the prompts that this build reads. */
export function LanguagesSection() {
  return (
    <section id="languages" aria-labelledby="languages-title">
      <h2 id="languages-title">Languages</h2>
      <p data-languages={LANGUAGES === null ? 'english' : 'many'}>
        {LANGUAGES === null
          ? 'This build of the extension reads prompts in English. For a prompt in another language it suggests the best single model.'
          : 'Prompts in English and some forty other languages are read, with a table that is part of the extension.'}{' '}
        With an index of your own, its embedder decides.
      </p>
    </section>
  );
}
