/** The name of a model, which may break after a slash, so that a narrow screen does not break it within a word. */
export function ModelName({ name }: { name: string }) {
  const [first, ...others] = name.split('/');
  return (
    <>
      {first}
      {others.map((part, i) => (
        <span key={i}>
          /<wbr />
          {part}
        </span>
      ))}
    </>
  );
}
