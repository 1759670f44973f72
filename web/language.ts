import type { durationsOf } from './messages/durations.js';
import type { Messages } from './messages/en.js';
import { formatsOf } from './messages/formats.js';
import type { LaterMessages } from './messages/later-en.js';

/** Makes the texts of the later parts. `durations` is loaded with these parts. */
type MakeLaterMessages = (first: Messages, durations: typeof durationsOf) => LaterMessages;

/** How the texts of a language are loaded. */
interface Language {
  load(): Promise<Messages>;
  loadLater(): Promise<MakeLaterMessages>;
}

const ENGLISH: Language = {
  load: async () => (await import('./messages/en.js')).english(formatsOf('en-GB')),
  loadLater: async () => {
    const { laterEnglish } = await import('./messages/later-en.js');
    return (first, durations) => laterEnglish(first, durations('en-GB', 'narrow'));
  },
};

const CZECH: Language = {
  load: async () => (await import('./messages/cs.js')).czech(formatsOf('cs-CZ')),
  loadLater: async () => {
    const { laterCzech } = await import('./messages/later-cs.js');
    return (first, durations) => laterCzech(first, durations('cs-CZ', 'short'));
  },
};

/** The languages of the page. A page loads one of them. */
const LANGUAGES: ReadonlyMap<string, Language> = new Map([
  ['en', ENGLISH],
  ['cs', CZECH],
]);

/** Languages whose speakers read another language of the page more easily than English. */
const CLOSEST: ReadonlyMap<string, string> = new Map([['sk', 'cs']]);

/** The first language that the page has, otherwise English. @param preferred BCP 47 tags, the preferred one first */
export function languageOf(preferred: readonly string[]): string {
  const names = preferred.map((tag) => tag.toLowerCase().split('-')[0]!);
  return names.map((name) => CLOSEST.get(name) ?? name).find((name) => LANGUAGES.has(name)) ?? 'en';
}

/** Loads the texts of the first progress in a language that `languageOf` has chosen. */
export function loadMessages(language: string): Promise<Messages> {
  return LANGUAGES.get(language)!.load();
}

/** Loads the other texts in the same language. */
export function loadLaterMessages(language: string): Promise<MakeLaterMessages> {
  return LANGUAGES.get(language)!.loadLater();
}
