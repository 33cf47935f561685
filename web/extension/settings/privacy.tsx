/** What happens to what a person types. Every sentence must be true of the code. */
export function PrivacySection() {
  return (
    <section id="privacy" aria-labelledby="privacy-title">
      <h2 id="privacy-title">Privacy</h2>
      <ul>
        <li>
          Prompts are routed on this device. The extension sends none of them anywhere, and there are no statistics of
          your use.
        </li>
        <li>
          The link that opens a chat of yours may have the prompt in its address, where that site can take one: it goes
          to that site when you follow the link.
        </li>
        <li>
          The extension sees a page only where you granted the site, or for the moment in which you call it there.
        </li>
        <li>
          Kept are these settings, your own index, and the prompts that you judged: in this browser, until you erase
          them.
        </li>
        <li>Removing the extension from the browser removes all of it.</li>
      </ul>
      <p>
        <a href="../privacy/index.html" data-privacy>
          All of it, and why each permission is asked for
        </a>
      </p>
    </section>
  );
}
