import { describeLink, type LinkStatus } from '../link-status.js';

/** Shows whether the page is up to date. */
export function LiveIndicator({ link, now }: { readonly link: LinkStatus; readonly now: number }) {
  const { look, label } = describeLink(link, now);
  return (
    <p class={`link ${look}`}>
      <span class="unseen">Connection: </span>
      <span class="dot" />
      {label}
    </p>
  );
}
