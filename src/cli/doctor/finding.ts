/** How bad a finding is. Only a problem makes the command fail. */
export type DoctorStatus = 'ok' | 'warning' | 'problem';

/** What a check has found. */
export interface DoctorFinding {
  readonly status: DoctorStatus;
  readonly text: string;
  /** What to do. */
  readonly advice?: string | undefined;
}

export function fine(text: string): DoctorFinding {
  return { status: 'ok', text };
}

export function suspicious(text: string, advice: string): DoctorFinding {
  return { status: 'warning', text, advice };
}

export function broken(text: string, advice: string): DoctorFinding {
  return { status: 'problem', text, advice };
}
