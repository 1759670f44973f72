import { EventEmitter, once } from 'node:events';
import { connect } from 'node:http2';

const ACCEPT = { accept: 'text/event-stream' };

/** An event stream that keeps the text that it receives. */
export class EventText {
  text = '';
  /** Resolves when the stream has ended. */
  readonly ended: Promise<void>;
  private readonly events = new EventEmitter();
  private hasEnded = false;

  private constructor(
    chunks: AsyncIterable<string>,
    readonly status: number,
    readonly headers: Readonly<Record<string, unknown>>,
    /** Closes the connection. */
    readonly close: () => void,
  ) {
    this.ended = this.read(chunks);
    this.ended.catch(() => {});
  }

  /** Opens a stream over HTTP/1.1. */
  static async open(url: string, headers: Record<string, string> = {}): Promise<EventText> {
    const controller = new AbortController();
    const response = await fetch(url, { headers: { ...ACCEPT, ...headers }, signal: controller.signal });
    const body = response.body?.pipeThrough(new TextDecoderStream()) ?? emptyText();
    return new EventText(body, response.status, Object.fromEntries(response.headers), () =>
      controller.abort(),
    );
  }

  /** Opens a stream over HTTP/2, as a browser does when the proxy offers it. */
  static async openHttp2(url: string): Promise<EventText> {
    const { origin, pathname, search } = new URL(url);
    const session = connect(origin);
    const request = session.request({ ...ACCEPT, ':path': pathname + search });
    request.setEncoding('utf8');
    const [headers] = (await once(request, 'response')) as [Record<string, unknown>];
    request.on('close', () => session.close());
    return new EventText(request, Number(headers[':status']), headers, () => request.close());
  }

  /** Resolves when the text contains `part`. Rejects when the stream ends before. */
  async until(part: string): Promise<void> {
    while (!this.text.includes(part)) {
      if (this.hasEnded) throw new Error(`Expected ${JSON.stringify(part)} before the end of: ${this.text}`);
      await once(this.events, 'change');
    }
  }

  /** The ids of the received messages. */
  get ids(): string[] {
    return [...this.text.matchAll(/^id: (.+-\d+)$/gm)].map(([, id]) => id!);
  }

  private async read(chunks: AsyncIterable<string>): Promise<void> {
    try {
      for await (const chunk of chunks) {
        this.text += chunk;
        this.events.emit('change');
      }
    } finally {
      this.hasEnded = true;
      this.events.emit('change');
    }
  }
}

async function* emptyText(): AsyncGenerator<string> {}
