import { readFileSync } from 'node:fs';
import { projectPath } from './project.js';

/** Of this program, as package.json says it: `0.1.0`. */
export const VERSION: string = JSON.parse(readFileSync(projectPath('package.json'), 'utf8')).version;
