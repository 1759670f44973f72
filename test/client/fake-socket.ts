/** A WebSocket whose server is the test. */
export class FakeSocket extends EventTarget {
  static all: FakeSocket[] = [];
  private static created: ((socket: FakeSocket) => void) | undefined;
  closed = false;
  protocol = '';

  constructor(
    readonly url: string,
    readonly protocols: string[] = [],
  ) {
    super();
    FakeSocket.all.push(this);
    FakeSocket.created?.(this);
  }

  static get last(): FakeSocket {
    return FakeSocket.all.at(-1)!;
  }

  /** The one that is made next. */
  static next(): Promise<FakeSocket> {
    return new Promise((resolve) => (FakeSocket.created = resolve));
  }

  /** @param protocol the one that the server chooses of those offered */
  open(protocol = ''): this {
    this.protocol = protocol;
    this.dispatchEvent(new Event('open'));
    return this;
  }

  receive(data: unknown): this {
    this.dispatchEvent(new MessageEvent('message', { data }));
    return this;
  }

  /** The connection ends, as the server says. */
  end(code: number, reason = ''): void {
    this.closed = true;
    this.dispatchEvent(Object.assign(new Event('close'), { code, reason }));
  }

  close(): void {
    this.closed = true;
  }
}
