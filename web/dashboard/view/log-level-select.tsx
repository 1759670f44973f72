import { LOG_LEVELS, type LogLevel } from '../log-level.js';

/** Selects the level of the log. The only control that changes the monitor. */
export function LogLevelSelect({ level }: { readonly level: LogLevel }) {
  const { current, pending, result } = level;
  const shown = pending ?? current ?? '';
  const levels = LOG_LEVELS.includes(shown) ? LOG_LEVELS : [shown, ...LOG_LEVELS];
  return (
    <div class="log-level">
      <label for="log-level">Log level</label>
      <select
        id="log-level"
        value={shown}
        disabled={current === undefined || pending !== undefined}
        aria-describedby="log-level-result"
        onChange={(event) => void level.set(event.currentTarget.value)}
      >
        {levels.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
      <p id="log-level-result" class={`result ${result?.ok === false ? 'bad' : ''}`} role="status">
        {pending === undefined ? result?.text : 'Setting the log level…'}
      </p>
    </div>
  );
}
