import { once } from 'node:events';

/** Looks again with every chunk of a stream until there is something to see. */
export async function until<T>(
  look: (chunk: string) => T | null | undefined | false,
  stream: NodeJS.ReadableStream,
): Promise<T> {
  let chunk = '';
  for (;;) {
    const found = look(chunk);
    if (found) return found;
    chunk = String((await once(stream, 'data'))[0]);
  }
}
