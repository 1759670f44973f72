import { vi } from 'vitest';

/** A stream of events that stays open until `stop`. */
interface EventStream {
  say(text: string): Promise<unknown>;
  stop(): Promise<unknown>;
}

/** An HTTP server behind a `fetch` of its own; it is down until it is told how to answer. For faked clocks. */
export class FakeHttp {
  readonly requests: { url: string; headers: Record<string, string> }[] = [];
  answer: (signal: AbortSignal) => Promise<Response> = () => Promise.reject(new TypeError('down'));

  readonly fetch = async (url: unknown, init?: RequestInit): Promise<Response> => {
    this.requests.push({ url: String(url), headers: init!.headers as Record<string, string> });
    return this.answer(init!.signal!);
  };

  respond(status: number, type?: string): void {
    const headers: Record<string, string> = type ? { 'Content-Type': type } : {};
    this.answer = () => Promise.resolve(new Response(null, { status, headers }));
  }

  /** Takes the request, and never answers. */
  hang(): void {
    this.answer = (signal) =>
      new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason as Error)),
      );
  }

  stream(): EventStream {
    let controller: ReadableStreamDefaultController<Uint8Array>;
    this.answer = (signal) => {
      const body = new ReadableStream<Uint8Array>({
        start(own) {
          controller = own;
          signal.addEventListener('abort', () => own.error(signal.reason));
        },
      });
      const headers = { 'Content-Type': 'text/event-stream; charset=utf-8' };
      return Promise.resolve(new Response(body, { headers }));
    };
    return {
      say(text) {
        controller.enqueue(new TextEncoder().encode(text));
        return vi.advanceTimersByTimeAsync(0);
      },
      stop() {
        controller.close();
        return vi.advanceTimersByTimeAsync(0);
      },
    };
  }
}
