import { EventEmitter, once } from 'node:events';
import { connect } from 'node:http2';

const ACCEPT = { accept: 'text/event-stream' };

/** The text of an event stream, as it comes. */
export class EventText {
  text = '';
  /** When the stream is over. */
  readonly ended: Promise<void>;
  private readonly news = new EventEmitter();
  private over = false;

  private constructor(
    chunks: AsyncIterable<string>,
    readonly status: number,
    readonly headers: Readonly<Record<string, unknown>>,
    /** Goes, and leaves the stream to the others. */
    readonly leave: () => void,
  ) {
    this.ended = this.read(chunks);
    this.ended.catch(() => {});
  }

  /** Over HTTP/1.1. */
  static async open(url: string, headers: Record<string, string> = {}): Promise<EventText> {
    const controller = new AbortController();
    const response = await fetch(url, { headers: { ...ACCEPT, ...headers }, signal: controller.signal });
    const body = response.body?.pipeThrough(new TextDecoderStream()) ?? nothing();
    return new EventText(body, response.status, Object.fromEntries(response.headers), () =>
      controller.abort(),
    );
  }

  /** Over HTTP/2, as a browser does where the proxy offers it. */
  static async openHttp2(url: string): Promise<EventText> {
    const { origin, pathname, search } = new URL(url);
    const session = connect(origin);
    const request = session.request({ ...ACCEPT, ':path': pathname + search });
    request.setEncoding('utf8');
    const [headers] = (await once(request, 'response')) as [Record<string, unknown>];
    request.on('close', () => session.close());
    return new EventText(request, Number(headers[':status']), headers, () => request.close());
  }

  /** Resolves as soon as `part` has come. Rejects when it never will. */
  async until(part: string): Promise<void> {
    while (!this.text.includes(part)) {
      if (this.over) throw new Error(`Expected ${JSON.stringify(part)} before the end of: ${this.text}`);
      await once(this.news, 'news');
    }
  }

  /** The ids of the messages that have come. */
  get ids(): string[] {
    return [...this.text.matchAll(/^id: (.+-\d+)$/gm)].map(([, id]) => id!);
  }

  private async read(chunks: AsyncIterable<string>): Promise<void> {
    try {
      for await (const chunk of chunks) {
        this.text += chunk;
        this.news.emit('news');
      }
    } finally {
      this.over = true;
      this.news.emit('news');
    }
  }
}

async function* nothing(): AsyncGenerator<string> {}
