/** The part of Web Locks that sharing uses. */
export interface TabLocks {
  request(
    name: string,
    options: { readonly signal?: AbortSignal; readonly steal?: boolean },
    callback: () => Promise<void>,
  ): Promise<unknown>;
}

/** The part of a BroadcastChannel that sharing uses. */
export interface TabChannel {
  addEventListener(
    type: 'message',
    listener: (event: unknown) => void,
    options: { readonly signal: AbortSignal },
  ): void;
  postMessage(message: unknown): void;
  close(): void;
}

/** The globals of a tab that sharing uses. Outside of browsers, most are missing. */
export type TabGlobals = Partial<EventTarget> & {
  readonly navigator?: { readonly locks?: TabLocks };
  readonly BroadcastChannel?: new (name: string) => TabChannel;
  readonly document?: EventTarget;
};
