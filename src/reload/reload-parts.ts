import { errorText } from '../text/error-text.js';
import type { ReloadedPart } from './reload-report.js';

/** Reloads one part, or throws an error for the operator and keeps the previous state of the part. */
export type ReloadCallback = () => void | Promise<void>;

/**
 * Seconds that a part may take. A request for a reload may wait for the reload before it, and must be answered within 30
 * seconds.
 */
const TIMEOUT = 10;

/** The parts of the monitor that a reload concerns, besides the settings: certificates, keys, limits of open sockets. */
export class ReloadParts {
  private readonly callbacks = new Map<string, ReloadCallback>();

  /**
   * Adds a part. Returns a function that removes it.
   *
   * @param name for the log and the report of a reload; each part has a different name
   */
  add(name: string, callback: ReloadCallback): () => void {
    if (this.callbacks.has(name)) throw new Error(`Expected a new name for a part, got ${name} again`);
    this.callbacks.set(name, callback);
    return () => void this.callbacks.delete(name);
  }

  /** Reloads all parts at the same time. A part that fails or takes too long does not undo the others. Never rejects. */
  reload(): Promise<ReloadedPart[]> {
    return Promise.all([...this.callbacks].map(([name, callback]) => reloadPart(name, callback)));
  }
}

async function reloadPart(name: string, callback: ReloadCallback): Promise<ReloadedPart> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const error = new Error(`Expected an end within ${TIMEOUT} s; the work of this part may still end`);
    timer = setTimeout(() => reject(error), TIMEOUT * 1000).unref();
  });
  try {
    await Promise.race([runCallback(callback), late]);
    return { name, successful: true };
  } catch (error) {
    return { name, successful: false, reason: errorText(error) };
  } finally {
    clearTimeout(timer);
  }
}

/** Rejects also when the callback throws. */
async function runCallback(callback: ReloadCallback): Promise<void> {
  await callback();
}
