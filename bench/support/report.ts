import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, loadavg, platform, release, totalmem } from 'node:os';
import { projectPath } from '../../src/platform/project.js';

/** One line of the table. */
export interface Figure {
  measure: string;
  value: number;
  unit: string;
  /** The same thing without the program, measured in the same run. */
  bare?: number;
  /** `value` as a share of `bare`, or how many times it. */
  ratio?: number;
  /** What is aimed at, in words. */
  target?: string;
  met?: boolean;
}

/** @param most the value must not be above it */
export function atMost(measure: string, value: number, unit: string, most: number): Figure {
  return { measure, value, unit, target: `≤ ${most} ${unit}`, met: value <= most };
}

/** @param least the share of the bare figure that must be reached, e.g. 0.6 */
export function beside(measure: string, value: number, unit: string, bare: number, least?: number): Figure {
  const ratio = value / bare;
  return { measure, value, unit, bare, ratio, ...(least && { target: `≥ ${least * 100} %`, met: ratio >= least }) };
}

/** Prints the table. */
export function print(figures: Figure[]): void {
  const rows = figures.map((one) => [
    one.measure,
    `${show(one.value)} ${one.unit}`,
    one.bare === undefined ? '' : `${show(one.bare)} ${one.unit}`,
    one.ratio === undefined ? '' : one.ratio.toFixed(2),
    one.target ?? '',
    one.met === undefined ? '' : one.met ? 'yes' : 'NO',
  ]);
  const table = [['measure', 'ServiceFLOW', 'bare', 'ratio', 'target', 'met'], ...rows];
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  for (const row of table) console.log(`| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`);
}

/** Writes the figures with the machine they come from. @returns the path of the file */
export async function save(figures: Figure[], seconds: number): Promise<string> {
  const at = new Date().toISOString();
  const processors = cpus();
  const machine = {
    ...{ processors: processors.length, model: processors[0]?.model, memoryGB: Math.round(totalmem() / 1e9) },
    ...{ system: `${platform()} ${release()}`, node: process.version, loadBefore: LOAD_BEFORE },
  };
  const folder = projectPath('bench/results');
  await mkdir(folder, { recursive: true });
  const file = `${folder}/${at.slice(0, 19).replaceAll(':', '-')}.json`;
  await writeFile(file, `${JSON.stringify({ at, seconds, machine, figures }, null, 2)}\n`);
  return file;
}

/** What else the machine was doing when the run began: figures of a busy machine are to be read with care. */
const LOAD_BEFORE = loadavg().map((load) => Number(load.toFixed(2)));

function show(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(value >= 10 ? 1 : 2);
}
