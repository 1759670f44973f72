/** The style of `<recodex-progress>`. A page changes it with `::part(bar)`, `::part(fill)` and `::part(text)`. */
export const ELEMENT_STYLE = `
:host { display: block; color-scheme: inherit; }
:host([hidden]) { display: none; }
[part='bar'] {
  block-size: 0.5em; overflow: hidden; border-radius: 0.25em;
  background: color-mix(in srgb, currentColor 20%, transparent); border: 1px solid transparent;
}
[part='fill'] { block-size: 100%; inline-size: 0; background: currentColor; transition: inline-size 0.2s; }
[part='text'] { font-size: 0.875em; overflow-wrap: anywhere; }
[part='bar']:not([aria-valuenow]) [part='fill'] { inline-size: 30%; }
:host(:not([job='running'], [job='waiting'])) [part='bar']:not([aria-valuenow]) [part='fill'] { inline-size: 100%; }
:host([connection='live']:is([job='running'], [job='waiting'])) [part='bar']:not([aria-valuenow]) [part='fill'] {
  animation: slide 1.5s ease-in-out infinite alternate;
}
@keyframes slide { to { margin-inline-start: 70%; } }
@media (prefers-reduced-motion: reduce) {
  [part='fill'] { animation: none !important; transition: none; }
}
@media (forced-colors: active) {
  [part='bar'] { border-color: CanvasText; }
  [part='fill'] { background: Highlight; forced-color-adjust: none; }
}
`;
