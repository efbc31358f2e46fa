import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { projectPath } from '../platform/project.js';

/** What can't be tried from outside is read from the source: each way around a rule is named here, with nothing else beside it. */
function filesOf(folder: string, endsWith: string): Map<string, string> {
  const names = readdirSync(projectPath(folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(endsWith) && !/\.test\.ts$/.test(name) && !name.startsWith('testing/'))
    .map((name) => join(folder, name));
  expect(names.length).toBeGreaterThan(5);
  return new Map(names.sort().map((name) => [name, readFileSync(projectPath(name), 'utf8')]));
}

const views = filesOf('views', '.eta');
const source = filesOf('src', '.ts');
const scripts = filesOf('public/js', '.js');
const having = (files: Map<string, string>, sign: RegExp) => [...files].filter(([, text]) => sign.test(text)).map(([name]) => name);

describe('views', () => {
  test('write nothing unescaped but what other views, icons and the server’s own drawings are', () => {
    const raw = [...views].flatMap(([name, text]) => [...text.matchAll(/<%~\s*(.+?)\s*%>/gs)].map(([, what]) => `${name}: ${what}`));
    expect(raw.length).toBeGreaterThan(300);
    const ours =
      /: (include\(|it\.icon\(|icons\[color\]|field\(|conflict\(|it\.body\b|(it|part)\.code\b|it\.(inside|form|content|cards|back)\b|[\w.]+( === '[a-z]+')? \? it\.icon\()/;
    expect(raw.filter((line) => !ours.test(line))).toEqual([]);
  });

  test('have no script, style or handler within, which the policy would refuse', () => {
    // The page of an evidence pack is opened from a folder: it has a policy, and a style, of its own.
    const pages = new Map([...views].filter(([name]) => !name.startsWith('views/evidence/')));
    expect(having(pages, /<script(?![^>]*\ssrc=)[^>]*>|<style|\sstyle="|\son[a-z]+="|javascript:|srcdoc/)).toEqual([]);
    expect(having(views, /<script(?![^>]*\ssrc=)[^>]*>|\son[a-z]+="|javascript:|srcdoc/)).toEqual([]);
  });

  test('let no page that they open in another tab reach back', () => {
    const tabs = [...views].flatMap(([name, text]) => [...text.matchAll(/target="_blank"(.{0,16})/g)].map(([, next]) => `${name}:${next}`));
    expect(tabs.length).toBeGreaterThan(0);
    expect(tabs.filter((tab) => !tab.includes(' rel="noopener"'))).toEqual([]);
  });

  test('are files: no text of anybody is ever compiled as one', () => {
    expect(having(source, /renderString|templatesSync|new Eta\(/)).toEqual(['src/platform/web/views.ts']);
    expect(having(source, /\beval\(|new Function\(|setTimeout\('|vm'/)).toEqual([]);
  });
});

describe('statements', () => {
  test('take text of people as parameters only; names of tables and columns come from our own lists', () => {
    expect(having(source, /\bsql\.(raw|unsafe)\b/)).toEqual(['src/platform/files/sweep.ts']);
    // A text that is put together and handed to the driver would be a way around.
    const features = new Map([...source].filter(([name]) => name.startsWith('src/features/')));
    expect(having(features, /\.(query|unsafe)\(\s*(`[^`]*\$\{|[^'"`)]*['"] ?\+)/)).toEqual([]);
  });
});

describe('other programs', () => {
  test('are started where they are named, with a list of arguments, never by a shell', () => {
    expect(having(source, /from 'node:child_process'/)).toEqual([
      'src/platform/database/embedded-cluster.ts',
      'src/platform/database/embedded-server.ts',
      'src/platform/database/embedded-user.ts',
      'src/platform/pictures/child.ts',
      'src/platform/pictures/ffmpeg.ts',
    ]);
    expect(having(source, /\bexec(Sync)?\(\s*['"`]|shell: true|import \{[^}]*\bexec\b[^}]*\} from 'node:child_process'/)).toEqual([]);
  });
});

describe('scripts of pages', () => {
  test('make markup of nothing but answers of our own server', () => {
    const sinks = [...scripts].flatMap(([name, text]) =>
      (text.match(/\.(innerHTML|outerHTML) ?=[^=].*|insertAdjacentHTML.*|document\.write.*|\beval\(.*|new Function.*/g) ?? []).map(
        (line) => `${name}: ${line}`,
      ),
    );
    expect(sinks).toEqual([
      'public/js/tv/30-follow.js: .innerHTML = content;',
      'public/js/visit/10-sum.js: .innerHTML = await answer.text();',
    ]);
  });

  test('keep nothing in the browser but what was typed into an inspection and not sent yet', () => {
    expect(having(scripts, /localStorage|indexedDB|document\.cookie|caches\./)).toEqual([]);
    expect(having(scripts, /sessionStorage/)).toEqual(['public/js/desk/inspections.js']);
  });

  test('listen to no other window', () => {
    expect(having(scripts, /postMessage|window\.addEventListener\('message'|onmessage|window\.opener|window\.name/)).toEqual([]);
  });
});
