/** The ways to a suggestion from now on. */
export function Next({ hasChats }: { hasChats: boolean }) {
  return (
    <section class="next" aria-labelledby="next-title" data-next>
      <h2 id="next-title">From now on</h2>
      <ul>
        {hasChats && (
          <li>
            <b>In your chats</b> a small lamp beside the prompt box lights up when another of your models would be the
            better choice. Otherwise it stays quiet.
          </li>
        )}
        <li>
          <b>On any page</b>, the button of signalbox in the toolbar opens a panel beside the page with a suggestion for
          what you have typed.{' '}
          {!FIREFOX && 'If you do not see the button, open the menu with the puzzle piece, and pin it. '}
          With the keyboard: <kbd>Alt</kbd> + <kbd>Shift</kbd> + <kbd>K</kbd>.
        </li>
        <li>
          All of this can be changed in the <a href="../settings/index.html">settings</a>.
        </li>
      </ul>
    </section>
  );
}
