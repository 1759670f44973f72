/** A word in single quotes for bash and zsh. */
export function singleQuoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
