/** Leads to the results of the job, out of the frame when the page is in one. */
export function ResultsLink({ url }: { readonly url: string }) {
  return (
    <p class="results">
      <a href={url} target="_top" rel="noreferrer">
        Open the results of this job
      </a>
    </p>
  );
}
