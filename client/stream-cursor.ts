import { distance, type Continuation, type Item } from './item.js';

/** The position of a stream: decides which received items are new. */
export class StreamCursor {
  /** The id of the last message. */
  position: string | undefined;

  constructor(position: string | undefined) {
    this.position = position;
  }

  /**
   * Moves past an item. Returns the items to deliver: none for a repeated message, and a reset before a message of an epoch
   * that the server has not announced. Throws a RangeError for a message after a gap: a log has none, so a new connection,
   * resumed at the position, delivers the missing messages.
   */
  advance(item: Item): readonly Item[] {
    if ('reset' in item) this.position = undefined;
    else if ('continues' in item) this.#continue(item);
    else {
      const ahead = this.position === undefined ? 1 : distance(this.position, item.id);
      if (ahead <= 0) return [];
      if (ahead > 1) throw new RangeError('gap');
      this.position = item.id;
      if (Number.isNaN(ahead)) return [{ reset: 'epoch' }, item];
    }
    return [item];
  }

  // Numbers stay. A position beyond the restored messages is answered by a reset instead.
  #continue({ continues, epoch }: Continuation): void {
    if (distance(this.position ?? '', continues) >= 0)
      this.position = this.position!.replace(/.+(?=-)/, epoch);
  }
}
