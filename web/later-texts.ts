import type { LaterMessages } from './messages/later-en.js';

/** The texts of the later parts in the language of the page. */
export let laterTexts: LaterMessages;

/** Sets the language of the later parts. Runs before they are rendered. */
export function setLaterTexts(messages: LaterMessages): void {
  laterTexts = messages;
}
