import { plainText } from '../../plain-text.js';
import { timeOfDay } from '../../time-of-day.js';
import type { ChannelMessage } from '../admin-api.js';
import { formatCount } from '../figures.js';

/** Characters of a command or a task state that are shown. */
const MAX_WORD = 60;
const KNOWN_STATES: readonly string[] = ['COMPLETED', 'FAILED', 'SKIPPED'];

interface MessageListProps {
  /** Oldest first. */
  readonly messages: readonly ChannelMessage[];
  readonly total: number;
}

/** The newest messages of a channel, the newest first. */
export function MessageList({ messages, total }: MessageListProps) {
  return (
    <section aria-labelledby="messages-title">
      <h3 id="messages-title">
        Messages{' '}
        <span class="caption">
          {messages.length < total
            ? `the newest ${messages.length} of ${formatCount(total)}`
            : 'newest first'}
        </span>
      </h3>
      {messages.length === 0 && <p class="nothing">No messages yet.</p>}
      <ol class="message-list" reversed>
        {[...messages].reverse().map((message) => (
          <Message key={message.id} message={message} />
        ))}
      </ol>
    </section>
  );
}

function Message({
  message: { id, time, command, task_id, task_state },
}: {
  readonly message: ChannelMessage;
}) {
  const outcome =
    task_state !== undefined && KNOWN_STATES.includes(task_state) ? task_state.toLowerCase() : '';
  return (
    <li class={`message ${outcome}`}>
      <time dateTime={time} title={`${time} ${id}`}>
        {timeOfDay(Date.parse(time))}
      </time>
      <span class="command">{plainText(command, MAX_WORD) || '(empty)'}</span>
      {task_id !== undefined && <bdi class="task">{plainText(task_id)}</bdi>}
      {task_state !== undefined && <span class="outcome">{plainText(task_state, MAX_WORD)}</span>}
    </li>
  );
}
