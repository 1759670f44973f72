import type { Messages } from './messages/en.js';

/** The texts in the language of the page. */
export let texts: Messages;

/** Sets the language of the page. Runs before everything that uses `texts`. */
export function setTexts(messages: Messages): void {
  texts = messages;
}
