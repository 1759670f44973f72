/** The facts about the monitor that change rarely, from `GET /status`. */
export interface MonitorStatus {
  readonly version: string;
  readonly started_at: string;
  readonly listeners: { readonly public: readonly string[] };
  readonly limits: readonly LimitUse[];
  /** The last warnings, newest first. */
  readonly warnings: readonly MonitorWarning[];
}

/** One limit of the configuration. */
export interface LimitUse {
  readonly key: string;
  readonly used: number;
  readonly limit: number;
  /** How many times the limit was reached since the start. */
  readonly reached: number;
}

/** One line of the log. */
export interface MonitorWarning {
  readonly time: string | number;
  readonly level: string;
  readonly message: string;
  readonly fields?: Readonly<Record<string, unknown>>;
  /** The number of equal lines that this one stands for. */
  readonly count?: number;
}
