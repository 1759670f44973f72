import { plainText } from '../../plain-text.js';
import type { ChannelRow } from '../channel-row.js';
import { formatAge, formatCompact, formatCount } from '../figures.js';
import { StateLabel } from './state-label.js';
import { TaskBar } from './task-bar.js';

/** Pixels of a row, as in `style/grid.css`. All rows have one height. @param isNarrow a row has two lines */
export function rowHeight(isNarrow: boolean): number {
  return isNarrow ? 56 : 34;
}

/** The id of the element of a row. */
export function rowId(index: number): string {
  return `channel-${index}`;
}

interface ChannelGridRowProps {
  readonly row: ChannelRow;
  readonly index: number;
  readonly height: number;
  /** The time of the monitor; `undefined`: unknown. */
  readonly now: number | undefined;
  readonly isActive: boolean;
  readonly isOpen: boolean;
  readonly onOpen: () => void;
}

/** One row of the table of channels. */
export function ChannelGridRow({ row, index, height, now, isActive, isOpen, onOpen }: ChannelGridRowProps) {
  const { id, state, attempt, tasks, done, messages, partial, subscribers, updatedAt } = row;
  const age = now !== undefined && updatedAt > 0 ? formatAge(now - updatedAt) : '–';
  const name = plainText(id);
  return (
    <div
      id={rowId(index)}
      class={`cells row${isActive ? ' active' : ''}${isOpen ? ' open' : ''}`}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isOpen}
      style={{ top: `${index * height}px` }}
      onClick={onOpen}
    >
      <div class="cell id" role="gridcell" title={name}>
        <bdi>{name}</bdi>
      </div>
      <div class="cell state" role="gridcell">
        <StateLabel state={state} />
      </div>
      <div class={`cell attempt${attempt > 1 ? ' again' : ''}`} role="gridcell">
        {attempt}
      </div>
      <div class="cell tasks" role="gridcell">
        <TaskBar tasks={tasks} done={done} partial={partial} />
      </div>
      <div class="cell messages" role="gridcell" title={formatCount(messages)}>
        {formatCompact(messages)}
      </div>
      <div class="cell subscribers" role="gridcell" title={formatCount(subscribers)}>
        {formatCompact(subscribers)}
      </div>
      <div class="cell age" role="gridcell">
        {age}
      </div>
    </div>
  );
}
