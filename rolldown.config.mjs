import {notices} from './scripts/notices.mjs'
import {unused} from './scripts/unused.mjs'

// The SDK's CommonJS build cannot be shaken, and bundlers would take it by default.
export default {
  input: {index: 'src/index.ts'},
  platform: 'node',
  resolve: {mainFields: ['module', 'main']},
  plugins: [unused(), notices()],
  preserveEntrySignatures: 'allow-extension',
  output: {
    dir: 'dist',
    format: 'esm',
    minify: true,
    cleanDir: true,
    // Every file costs a start about a millisecond: what is always loaded together stands together.
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [
        {
          name: 'start',
          test: /unused:wsl|src[\\/](?:account[\\/](?:account|errors|joins|memo|plain|redact-secrets|usage-error)|cli[\\/](?:account-files|asked|connection|errors|examine-all|exit-code|progress|terminal)|render[\\/](?:json|terminal|width))\./,
        },
        {
          name: 'engine',
          test: /src[\\/](?:agent[\\/](?!sleep)|checks|doctor[\\/](?!audit|inspector|preflight|reach|watch)|iam|network[\\/](?!position)|remedies|account[\\/](?:documents|partition|permissions)\.)/,
        },
        {
          name: 'files',
          test: /src[\\/]account[\\/]file[\\/](?:account-file|cli-answers|fleet|json-text|outline|parse-accounts|settle|shapes?|sources|surmise)\./,
        },
      ],
    },
  },
}
