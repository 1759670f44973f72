import { escapeMarkup } from '../text/escape-markup.js';

const HEAD_END = '</head>';

/**
 * Adds `<meta name content>` to the head of a page. This passes a value to a page with a policy that forbids inline
 * scripts.
 */
export function withMeta(html: Buffer, name: string, content: string | null): Buffer {
  const text = html.toString();
  const end = text.indexOf(HEAD_END);
  if (content === null || end < 0) return html;
  return Buffer.from(
    `${text.slice(0, end)}<meta name="${name}" content="${escapeMarkup(content)}" />${text.slice(end)}`,
  );
}
