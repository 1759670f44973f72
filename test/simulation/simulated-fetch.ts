import type { ClientNetwork } from './client-network.js';
import type { ClientEnd, Link } from './link.js';
import type { Piece } from './pipe.js';
import { ResponseHeadReader, type ResponseHead } from './response-head.js';
import type { StreamCheck } from './stream-check.js';
import type { Stamp } from './truth.js';

/** One request of `fetch` on a simulated link. */
export class SimulatedFetch implements ClientEnd {
  readonly response: Promise<Response>;
  private readonly head = new ResponseHeadReader();
  private resolve!: (response: Response) => void;
  private reject!: (error: unknown) => void;
  private body: ReadableStreamDefaultController<Uint8Array> | undefined;
  private readonly check: StreamCheck | undefined;
  /** The items of each part of the body that was not read yet. An error discards such parts, as in a browser. */
  private readonly unread: string[][] = [];
  private link: Link | undefined;
  private status = 0;
  private over = false;

  constructor(
    private readonly network: ClientNetwork,
    url: string,
    private readonly signal: AbortSignal,
  ) {
    this.response = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    signal.addEventListener('abort', () => this.fail(signal.reason));
    this.check = network.connect(
      { url, webSocket: false, protocols: [] },
      this,
      (link) => (this.link = link),
    );
    if (this.check) this.check.onItem = (item) => void this.unread.at(-1)!.push(item);
  }

  arrive({ kind, bytes, stamp }: Piece): void {
    if (this.over) return;
    if (kind === 'reset') return this.fail(new TypeError('network error'));
    if (kind === 'end') return this.end();
    if (this.body) return this.push(bytes, stamp);
    const head = this.head.push(bytes);
    if (head) this.answered(head, stamp);
  }

  private answered(head: ResponseHead, stamp: Stamp): void {
    const body = new ReadableStream<Uint8Array>({ start: (controller) => void (this.body = controller) });
    this.status = head.status;
    this.network.answered(head.status);
    // A real Response takes a tenth of the time of a run.
    this.resolve({
      status: head.status,
      headers: { get: head.header },
      body: this.read(body),
    } as unknown as Response);
    if (head.rest.length > 0) this.push(head.rest, stamp);
  }

  // Reports the items of a part when the client reads it.
  private read(body: ReadableStream<Uint8Array>) {
    const reader = body.getReader();
    const read = async () => {
      const result = await reader.read();
      const items = result.done ? undefined : this.unread.shift();
      if (!this.signal.aborted) for (const item of items ?? []) this.network.onItem(item);
      return result;
    };
    return { getReader: () => ({ read }) };
  }

  private push(bytes: Buffer, stamp: Stamp): void {
    this.unread.push([]);
    if (this.status === 200) this.check?.text(bytes.toString(), stamp);
    this.body!.enqueue(bytes);
  }

  private end(): void {
    if (!this.body) return this.fail(new TypeError('network error'));
    this.over = true;
    this.body.close();
    this.link?.endToServer();
  }

  private fail(error: unknown): void {
    if (this.over) return;
    this.over = true;
    this.link?.leave();
    this.reject(error);
    this.body?.error(error);
  }
}
