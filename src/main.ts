#!/usr/bin/env -S node --max-semi-space-size=4
import { catchSignals } from './process/signals.js';

// The command line takes 0.1 s and more to load. As PID 1 of a container a process without a handler never sees a signal.
catchSignals();
void import('./cli/command-line.js');
