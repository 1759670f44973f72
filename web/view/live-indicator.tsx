import { describe, type Connection } from '../connection.js';

/** Tells whether what is shown is up to date. */
export function LiveIndicator({
  connection,
  now,
}: {
  readonly connection: Connection;
  readonly now: number;
}) {
  const { look, label } = describe(connection, now);
  return (
    <p class={`link ${look}`}>
      <span class="unseen">Connection: </span>
      <span class="dot" />
      {label}
    </p>
  );
}
