/** The head of an HTTP response. */
export interface ResponseHead {
  readonly status: number;
  readonly header: (name: string) => string | null;
  /** The bytes after the head. */
  readonly rest: Buffer;
}

/** Collects the pieces of a response until its head is complete. */
export class ResponseHeadReader {
  private bytes: Buffer = Buffer.alloc(0);

  /** Takes the next bytes. `undefined`: the head is not complete yet. */
  push(bytes: Buffer): ResponseHead | undefined {
    this.bytes = Buffer.concat([this.bytes, bytes]);
    const end = this.bytes.indexOf('\r\n\r\n');
    if (end < 0) return undefined;
    const [first, ...lines] = this.bytes.toString('latin1', 0, end).split('\r\n');
    const headers = new Map<string, string>();
    for (const line of lines) {
      const colon = line.indexOf(':');
      headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
    }
    return {
      status: Number(first!.split(' ')[1]),
      header: (name) => headers.get(name.toLowerCase()) ?? null,
      rest: this.bytes.subarray(end + 4),
    };
  }
}
