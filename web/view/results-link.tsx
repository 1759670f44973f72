import { texts } from '../texts.js';

/** A link to the results of the job. If the page is in a frame, the link leaves the frame. */
export function ResultsLink({ url }: { readonly url: string }) {
  return (
    <p class="results">
      <a href={url} target="_top" rel="noreferrer">
        {texts.openResults}
      </a>
    </p>
  );
}
