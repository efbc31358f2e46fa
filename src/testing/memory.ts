import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

/**
 * Watches what this process and all that it started hold in memory.
 * @returns null where the system doesn't say (it does on Linux)
 */
export function watchMemory(): { stop(): number } | null {
  try {
    // From here on the peak is counted anew.
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    return null;
  }
  const before = statusOf(process.pid, 'VmRSS');
  let peak = 0;
  const look = () => {
    // Peaks need not be at the same time: their sum is at least what was there.
    const started = descendants(process.pid).reduce((sum, pid) => sum + statusOf(pid, 'VmHWM'), 0);
    peak = Math.max(peak, started + statusOf(process.pid, 'VmHWM') - before);
  };
  const timer = setInterval(look, 5);
  return {
    stop: () => {
      look();
      clearInterval(timer);
      return peak;
    },
  };
}

/** What a process holds in memory, in bytes; 0 where the system doesn't say. */
export function residentMemory(pid: number): number {
  return statusOf(pid, 'VmRSS');
}

/** Of everything that a process started, and what those started. */
function descendants(pid: number): number[] {
  try {
    const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    );
    return [...children, ...children.flatMap(descendants)];
  } catch {
    return [];
  }
}

/** Bytes; 0 when the process is gone. */
function statusOf(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  try {
    const found = new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return Number(found?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
