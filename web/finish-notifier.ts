import { laterTexts } from './later-texts.js';

/** `unavailable`: the browser offers no notifications to this page. `denied`: the person has blocked them. */
export type NotifierState = 'unavailable' | 'off' | 'on' | 'denied';

/** Milliseconds. The page waits up to 40 ms for the permission, so the list of a long job comes first. */
const READ_DELAY = 1000;

/** What a notification says. */
interface Notice {
  readonly headline: string;
  readonly detail: string;
  /** The id of the job. */
  readonly id: string;
}

/** Shows one notification when the job is over, if the person has asked for that and the tab is in the background. */
export class FinishNotifier {
  #isOn = false;
  #permission = initialPermission();
  /** Whether the job was over at the last call of `update`. */
  #wasOver: boolean | undefined;

  constructor() {
    if (this.#permission !== undefined)
      setTimeout(() => (this.#permission = Notification.permission), READ_DELAY);
  }

  get state(): NotifierState {
    if (this.#permission === undefined) return 'unavailable';
    if (this.#permission === 'denied') return 'denied';
    return this.#isOn ? 'on' : 'off';
  }

  /** Turns the notification on or off. Asks for the permission when it is missing. */
  async toggle(): Promise<void> {
    if (!this.#isOn) this.#permission = await Notification.requestPermission();
    this.#isOn = !this.#isOn && this.#permission === 'granted';
  }

  /** Call after each change of the state. */
  update(isOver: boolean, notice: Notice): void {
    const justEnded = isOver && this.#wasOver === false;
    this.#wasOver = isOver;
    if (justEnded && this.state === 'on' && document.hidden) show(notice);
  }
}

/** The permission until it is read; `undefined`: the browser offers no notifications. Without TLS, it denies them without a question. */
function initialPermission(): NotificationPermission | undefined {
  return window.isSecureContext && 'Notification' in window ? 'default' : undefined;
}

function show({ headline, detail, id }: Notice): void {
  try {
    const notification = new Notification(laterTexts.jobNotification(headline, id), {
      body: detail,
      tag: location.href,
    });
    notification.addEventListener('click', () => {
      window.focus();
      notification.close();
    });
  } catch {
    // Chrome on Android shows notifications only for service workers. The title of the tab tells the end.
  }
}
