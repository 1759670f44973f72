import { get, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { once } from 'node:events';

/** One event of a stream, as the browser's parser would see it. */
export interface SseEvent {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: string;
}

/** A Server-Sent Events client that keeps what it saw. */
export class SseClient {
  readonly events: SseEvent[] = [];
  readonly comments: string[] = [];
  raw = '';
  private text = '';

  private constructor(
    readonly status: number,
    readonly headers: IncomingHttpHeaders,
    private readonly response: IncomingMessage,
    readonly ended: Promise<void>,
  ) {}

  static async open(url: string, headers: Record<string, string> = {}): Promise<SseClient> {
    const request = get(url, { headers: { Accept: 'text/event-stream', ...headers }, agent: false });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const ended = new Promise<void>((resolve) => response.once('close', resolve));
    const client = new SseClient(response.statusCode!, response.headers, response, ended);
    response.setEncoding('utf8').on('data', (chunk: string) => client.take(chunk));
    response.on('error', () => {});
    return client;
  }

  /** Positions of the messages, in order. */
  get ids(): string[] {
    return this.messages.map(({ id }) => id!);
  }

  get messages(): SseEvent[] {
    return this.events.filter(({ event }) => event === 'message');
  }

  /** Resolves as soon as so many events, of whatever name, have come. */
  async received(count: number): Promise<SseEvent[]> {
    while (this.events.length < count) await once(this.response, 'data');
    return this.events;
  }

  cut(): void {
    this.response.destroy();
  }

  pause(): void {
    this.response.pause();
  }

  resume(): void {
    this.response.resume();
  }

  private take(chunk: string): void {
    this.raw += chunk;
    this.text += chunk;
    const blocks = this.text.split('\n\n');
    this.text = blocks.pop()!;
    for (const block of blocks) this.dispatch(block.split('\n'));
  }

  private dispatch(lines: string[]): void {
    const fields = new Map(
      lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
    );
    if (fields.has('')) this.comments.push(lines.join('\n'));
    if (!fields.has('data')) return;
    this.events.push({
      event: fields.get('event') ?? 'message',
      id: fields.get('id'),
      data: fields.get('data')!,
    });
  }
}
