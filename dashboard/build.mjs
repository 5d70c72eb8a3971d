// Builds dist/. One classic script, because the demo's broker serves files without a content type and
// browsers refuse modules that come that way.
import { build } from 'esbuild';
import { cp, mkdir, rm } from 'node:fs/promises';

await rm('dist', { recursive: true, force: true });
await mkdir('dist');
await build({
  entryPoints: ['src/main.tsx'],
  outfile: 'dist/app.js',
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'es2022',
  charset: 'ascii', // no content type also means no charset
  jsx: 'automatic',
  jsxImportSource: 'preact',
  define: { 'process.env.NODE_ENV': '"production"' },
});
for (const file of ['index.html', 'style.css']) await cp(`src/${file}`, `dist/${file}`);
// Definitions, sources and evidence, for whoever wants to read them beside the page.
await cp('../proto/measures.json', 'dist/measures.json');
