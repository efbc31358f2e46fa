// `npm run structure`: whether imports run the way .dependency-cruiser.cjs says.
import { createRequire } from 'node:module';
import { cruise, type ICruiseResult, type IForbiddenRuleType, type IViolation } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import { projectPath } from '../src/platform/project.js';

/** The folders that are looked at, and the least number of files in each: a check that saw nothing must not pass. */
const LEAST: Record<string, number> = { src: 60, scripts: 10, bench: 5, e2e: 5 };

interface Rules {
  forbidden: IForbiddenRuleType[];
  options: object;
}

const { forbidden, options } = createRequire(import.meta.url)(projectPath('.dependency-cruiser.cjs')) as Rules;
const { output } = await cruise(
  Object.keys(LEAST),
  { ...options, baseDir: projectPath(), validate: true, ruleSet: { forbidden } },
  {},
  { tsConfig: extractTSConfig(projectPath('tsconfig.json')) },
);
const problems = [...findBlindness(output as ICruiseResult), ...(output as ICruiseResult).summary.violations.map(tell)];
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
console.log(`Structure: ${(output as ICruiseResult).summary.totalCruised} modules, imports run one way.`);

/** Whether the check saw the program at all: a compiler it can't use makes it see no file, or files without imports. */
function findBlindness({ modules }: ICruiseResult): string[] {
  return Object.entries(LEAST).flatMap(([folder, least]) => {
    const seen = modules.filter((module) => module.source.startsWith(`${folder}/`));
    const edges = seen.reduce((sum, module) => sum + module.dependencies.length, 0);
    if (seen.length >= least && edges >= seen.length) return [];
    return [`${folder}: saw ${seen.length} modules with ${edges} imports; that is not all there is.`];
  });
}

function tell({ rule, from, to, cycle }: IViolation): string {
  const reason = forbidden.find((one) => one.name === rule.name)?.comment ?? '';
  const way = cycle ? [from, ...cycle.map((step) => step.name)].join(' → ') : `${from} → ${to}`;
  return `${rule.name}: ${way}\n  ${reason}`;
}
