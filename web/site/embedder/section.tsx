export function EmbedderSection() {
  return <p>To come.</p>;
}
