export function BenchmarkSection() {
  return <p>To come.</p>;
}
