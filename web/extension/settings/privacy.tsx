/** The handling of the user's prompts. Every sentence must be true of the code. */
export function PrivacySection() {
  return (
    <section id="privacy" aria-labelledby="privacy-title">
      <h2 id="privacy-title">Privacy</h2>
      <ul>
        <li>
          Prompts are routed on this device. The extension does not send them anywhere, and collects no usage
          statistics.
        </li>
        <li>
          A link that opens one of your chats may contain the prompt, if the site supports that. The site receives it
          when you follow the link.
        </li>
        <li>
          The extension sees a page only if you have allowed its site, or at the moment when you use it on that page.
        </li>
        <li>
          These settings, your own plan or index and the prompts that you rated are kept in this browser until you erase
          them.
        </li>
        <li>Removing the extension from the browser removes all of this data.</li>
      </ul>
      <p>
        <a href="../privacy/index.html" data-privacy>
          Full privacy page, with the reason for each permission
        </a>
      </p>
    </section>
  );
}
