export function TaskSection() {
  return <p>To come.</p>;
}
