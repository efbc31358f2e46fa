// Which file may import which. Imports run one way: main → server and app → features → platform; config is read by all.
// `npm run structure` (scripts/structure.ts) checks it.

const TOP = '^src/(main|server|app|api|doorkeeper)\\.ts$';
const TESTS = '(^src/testing/|\\.test\\.ts$)';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circle',
      comment: 'Two files that need each other are one thing in two files, or there is a third one to be found.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'platform-knows-no-trade',
      comment: 'What is in platform would do for any such program.',
      from: { path: '^src/platform/', pathNot: TESTS },
      to: { path: ['^src/features/', TOP] },
    },
    {
      name: 'features-do-not-reach-up',
      comment: 'The app puts features together; they do not know it.',
      from: { path: '^src/features/', pathNot: TESTS },
      to: { path: TOP },
    },
    {
      name: 'routes-are-private',
      comment: "A feature may use another's nouns and rules, never what it answers over HTTP or sends to rooms.",
      from: { path: '^src/features/([^/]+)/', pathNot: TESTS },
      to: { path: '^src/features/[^/]+/([^/]*-routes|routes|[^/]*-api|api|live)\\.ts$', pathNot: '^src/features/$1/' },
    },
    {
      name: 'nothing-calls-main',
      comment: 'main.ts starts the process when it is imported; which one that can be killed at a step does on purpose.',
      from: { pathNot: '^src/testing/faults/killable-program\\.ts$' },
      to: { path: '^src/main\\.ts$' },
    },
    {
      name: 'program-needs-no-tools',
      comment: 'The program runs without its scripts, measurements and tests.',
      from: { path: '^src/', pathNot: TESTS },
      to: { path: ['^(scripts|bench|e2e)/', TESTS] },
    },
    {
      name: 'program-needs-no-dev-dependency',
      comment: 'What the program imports at run time is in `dependencies`.',
      from: { path: '^src/', pathNot: TESTS },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'everything-is-there',
      comment: 'An import that leads nowhere, or to a package that package.json does not name.',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'packages-are-named',
      comment: 'A package that is there only because another one needs it can go at any time.',
      from: { path: '^(src|scripts|bench|e2e)/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default'] },
  },
};
