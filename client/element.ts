import type { WatchOptions } from './client.js';
import { ELEMENT_STYLE } from './element-style.js';
import { NO_PROGRESS, ProgressStore, type Progress } from './progress-store.js';
import { countTasks, progressText } from './progress-text.js';

export type { Progress } from './progress-store.js';

/** The name of the element. */
export const ELEMENT_NAME = 'recodex-progress';

/** What an element extends. A server that renders pages has no elements, but may import this module. */
const Base =
  (globalThis as { HTMLElement?: typeof HTMLElement }).HTMLElement ?? (class {} as typeof HTMLElement);

/**
 * `<recodex-progress src="https://monitor/channels/id" expected="20">`: a progress bar and a line of text that follow a job.
 * - Attributes: `src`, the URL of the channel; `expected`, the number of tasks; `label`, the accessible name.
 * - Set by the element: `job`, the state of the job, and `connection`, the state of the stream.
 * - Properties: `token`, `formatText`, `progress`. The event `change` comes after each change.
 * - Parts: `bar`, `fill`, `text`.
 */
export class RecodexProgressElement extends Base {
  static readonly observedAttributes = ['src', 'expected', 'label'];

  /** Writes the line of text, which is also the text of the value for screen readers. */
  formatText: (progress: Progress, expected: number) => string = progressText;
  #token: WatchOptions['token'];
  #store: ProgressStore | undefined;
  #unsubscribe: (() => void) | undefined;
  #bar: HTMLElement | undefined;

  /** The last state of the job and of its stream. */
  get progress(): Progress {
    return this.#store?.progress() ?? NO_PROGRESS;
  }

  /** A JWT or a function that returns one, as the option `token` of `watch`. A new value opens another stream. */
  get token(): WatchOptions['token'] {
    return this.#token;
  }

  set token(token: WatchOptions['token']) {
    if (token === this.#token) return;
    this.#token = token;
    if (this.isConnected) this.#open();
  }

  connectedCallback(): void {
    this.#bar ??= this.#build();
    // An element that was moved goes on where it was.
    if (this.#store) this.#subscribe();
    else this.#open();
  }

  disconnectedCallback(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
  }

  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (before === now) return;
    if (name === 'src') this.#store = undefined;
    if (!this.isConnected || !this.#bar) return;
    if (name === 'src') this.#open();
    else this.#show();
  }

  #open(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    const url = this.getAttribute('src');
    this.#store = url ? new ProgressStore(url, { token: this.#token }) : undefined;
    this.#subscribe();
  }

  #subscribe(): void {
    this.#unsubscribe = this.#store?.subscribe(() => {
      this.#show();
      this.dispatchEvent(new CustomEvent('change', { detail: this.progress }));
    });
    this.#show();
  }

  #build(): HTMLElement {
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
    const style = new CSSStyleSheet();
    style.replaceSync(ELEMENT_STYLE);
    root.adoptedStyleSheets = [style];
    const bar = createPart('bar');
    const text = createPart('text');
    bar.role = 'progressbar';
    bar.ariaValueMin = '0';
    bar.append(createPart('fill'));
    // The value of the bar has the same text for screen readers.
    text.ariaHidden = 'true';
    root.replaceChildren(bar, text);
    return bar;
  }

  #show(): void {
    const bar = this.#bar!;
    const { progress } = this;
    const expected = Number(this.getAttribute('expected')) || 0;
    const { done, total } = countTasks(progress.summary, expected);
    const text = this.formatText(progress, expected);
    bar.ariaLabel = this.getAttribute('label') ?? 'Progress of the job';
    bar.ariaValueText = text;
    // Without a total, the progress is indeterminate.
    bar.ariaValueMax = total === undefined ? null : String(total);
    bar.ariaValueNow = total === undefined ? null : String(done);
    const fill = bar.firstElementChild as HTMLElement;
    fill.style.inlineSize = total === undefined ? '' : `${(100 * done) / total}%`;
    bar.nextElementSibling!.textContent = text;
    this.setAttribute('job', progress.summary.state);
    this.setAttribute('connection', progress.state);
  }
}

function createPart(name: string): HTMLElement {
  const element = document.createElement('div');
  element.part.add(name);
  return element;
}

declare global {
  interface HTMLElementTagNameMap {
    'recodex-progress': RecodexProgressElement;
  }
}

const registry = (globalThis as { customElements?: CustomElementRegistry }).customElements;
if (registry && !registry.get(ELEMENT_NAME)) registry.define(ELEMENT_NAME, RecodexProgressElement);
