/** Texts that are kept of each kind of event. All are counted. */
const MAX_TEXTS = 20;

/** Counts how often something happened, and keeps the texts of the first times. */
export class Occurrences {
  count = 0;
  readonly texts: string[] = [];

  add(text: string): void {
    this.count++;
    if (this.texts.length < MAX_TEXTS) this.texts.push(text);
  }
}
