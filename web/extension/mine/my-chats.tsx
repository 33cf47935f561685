/** The chats that the user ticks. The browser asks for the permission for a chat on the click that ticks it. */
import { useSignal } from '@preact/signals';
import { stored } from '../stored/stored-signals.js';
import { addSite, removeSite } from './changing-sites.js';
import { chatAt, KNOWN, siteName } from './offered.js';
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
            box.checked = originOfChat(name) !== undefined;
          }}
        />
        {label}
      </label>
    </li>
  );
}

/** Returns the origin at which the user has a chat. */
const originOfChat = (name: string) => Object.keys(stored.value.sites).find((origin) => chatAt(origin)?.name === name);

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
      const origin = originOfChat(name);
      if (isTicked) await addSite(home);
      else if (origin !== undefined) await removeSite(origin);
      return '';
    });
  return (
    <>
      <ul class="ticks" data-chats>
        {KNOWN.map(({ name, label, homes: [home = ''] }) => (
          <Tick
            key={name}
            name={name}
            label={label}
            isTicked={originOfChat(name) !== undefined}
            onTick={tick(name, home)}
          />
        ))}
      </ul>
      <StatusLine status={status} name="chats" />
      <OtherChat />
    </>
  );
}
