/** The chats that the user ticks. The browser asks for the permission for a chat on the click that ticks it. */
import { useSignal } from '@preact/signals';
import { addSite, originsOfChat, removeChat } from './changing-sites.js';
import { KNOWN, siteName } from './offered.js';
import { StatusLine, useStatus } from './status-line.js';

interface TickProps {
  label: string;
  name: string;
  isTicked: boolean;
  onTick: (isTicked: boolean) => Promise<unknown>;
}

function Tick({ label, name, isTicked, onTick }: TickProps) {
  return (
    <li>
      <label>
        <input
          type="checkbox"
          data-chat={name}
          checked={isTicked}
          onChange={async ({ currentTarget: box }) => {
            await onTick(box.checked);
            // Denied: the box shows what is stored.
            box.checked = isMine(name);
          }}
        />
        {label}
      </label>
    </li>
  );
}

const isMine = (name: string) => originsOfChat(name).length > 0;

function OtherChat() {
  const typed = useSignal('');
  const { status, attempt } = useStatus();
  const submit = async (event: Event) => {
    event.preventDefault();
    const isAdded = await attempt(async () => `${siteName(await addSite(typed.peek()))} was added.`);
    if (isAdded) typed.value = '';
  };
  return (
    <form class="add-site" onSubmit={submit}>
      <label for="new-site">Another chat, such as your own Open WebUI or LibreChat: its address</label>
      <div class="actions">
        <input
          id="new-site"
          type="text"
          inputMode="url"
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          placeholder="https://chat.example.com"
          maxLength={2000}
          required
          value={typed}
          onInput={(event) => {
            typed.value = event.currentTarget.value;
          }}
        />
        <button type="submit" class="secondary outline small" data-add-site>
          Add
        </button>
      </div>
      <StatusLine status={status} name="add-site" />
    </form>
  );
}

export function MyChats() {
  const { status, attempt } = useStatus();
  const tick = (name: string, home: string) => (isTicked: boolean) =>
    attempt(async () => {
      if (isTicked) await addSite(home);
      else await removeChat(name);
      return '';
    });
  return (
    <>
      <ul class="ticks" data-chats>
        {KNOWN.map(({ name, label, homes: [home = ''] }) => (
          <Tick key={name} name={name} label={label} isTicked={isMine(name)} onTick={tick(name, home)} />
        ))}
      </ul>
      <StatusLine status={status} name="chats" />
      <OtherChat />
    </>
  );
}
