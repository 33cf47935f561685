export default function Page() {
  return (
    <pre>
      {`curl -N localhost:3000/api/chat -H 'content-type: application/json' \\
  -d '{"messages":[{"role":"user","content":"Prove that sqrt(2) is irrational"}]}'`}
    </pre>
  );
}
