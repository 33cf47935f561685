export function CostSection() {
  return <p>To come.</p>;
}
