/** Colours that are legible on GitHub's light and dark background. */
const STYLE = `
text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2328 }
.title { font-size: 17px; font-weight: 600 }
.dim { fill: #59636e; font-size: 12px }
.grid { stroke: #d1d9e0; stroke-width: 1 }
.base { stroke: #59636e; stroke-width: 2 }
.ours { fill: #0969da; stroke: #0969da }
.nchan { fill: #bc4c00; stroke: #bc4c00 }
.line { fill: none; stroke-width: 2.5 }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc }
.dim { fill: #9198a1 }
.grid { stroke: #3d444d }
.base { stroke: #9198a1 }
.ours { fill: #4493f8; stroke: #4493f8 }
.nchan { fill: #f0883e; stroke: #f0883e }
}
.bar { stroke: none }`;

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly title: string;
  /** Text for screen readers. */
  readonly description: string;
}

/** An SVG document with `body` as its content. */
export function svgDocument({ width, height, title, description }: Picture, body: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title desc">`,
    `<title id="title">${escape(title)}</title>`,
    `<desc id="desc">${escape(description)}</desc>`,
    `<style>${STYLE}</style>`,
    ...body,
    '</svg>',
    '',
  ].join('\n');
}

/** A text element. `anchor` is the value of `text-anchor`. */
export function svgText(
  x: number,
  y: number,
  content: string,
  options: { class?: string; anchor?: string } = {},
): string {
  const { class: name, anchor = 'start' } = options;
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}"${name ? ` class="${name}"` : ''}>${escape(content)}</text>`;
}

/** A line element with the class `name`. */
export function svgLine(
  from: readonly [number, number],
  to: readonly [number, number],
  name: string,
): string {
  return `<line x1="${round(from[0])}" y1="${round(from[1])}" x2="${round(to[0])}" y2="${round(to[1])}" class="${name}"/>`;
}

/** Rounds a coordinate to one decimal. */
export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escape(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
