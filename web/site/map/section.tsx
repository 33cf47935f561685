export function MapSection() {
  return <p>To come.</p>;
}
