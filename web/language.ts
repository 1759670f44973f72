import { formatsOf } from './messages/formats.js';
import type { Messages } from './messages/en.js';

/** Loads the texts of each language. A page loads one of them. */
const LANGUAGES: ReadonlyMap<string, () => Promise<Messages>> = new Map([
  ['en', async () => (await import('./messages/en.js')).english(formatsOf('en-GB', 'narrow'))],
  ['cs', async () => (await import('./messages/cs.js')).czech(formatsOf('cs-CZ', 'short'))],
]);

/** Languages whose speakers read another language of the page more easily than English. */
const CLOSEST: ReadonlyMap<string, string> = new Map([['sk', 'cs']]);

/** The first language that the page has, otherwise English. @param preferred BCP 47 tags, the preferred one first */
export function languageOf(preferred: readonly string[]): string {
  const names = preferred.map((tag) => tag.toLowerCase().split('-')[0]!);
  return names.map((name) => CLOSEST.get(name) ?? name).find((name) => LANGUAGES.has(name)) ?? 'en';
}

/** Loads the texts in a language that `languageOf` has chosen. */
export function loadMessages(language: string): Promise<Messages> {
  return LANGUAGES.get(language)!();
}
