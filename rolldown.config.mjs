import {notices} from './scripts/notices.mjs'
import {unused} from './scripts/unused.mjs'

// The SDK's CommonJS build cannot be shaken, and bundlers would take it by default.
export default {
  input: {index: 'src/index.ts', library: 'src/library/index.ts', lambda: 'src/lambda/index.ts'},
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
          test: /unused:(?:wsl|debug)|src[\\/](?:model[\\/](?:account|edits|endpoints|hybrid|instance|joins|lists|refusals|arn|ids)|checks[\\/]severity|diagnosis[\\/]root-cause|remedies[\\/]core[\\/]remedy|collect[\\/]client[\\/]errors|util[\\/](?:compare|count-by|counted|decode-text|error-code|group-by|json|lazy-array|list-in-words|memo|nearest|plain-text|redact-secrets|usage-error)|cli[\\/](?:input[\\/](?:connection|duration|target)|output[\\/](?:errors|exit-code|notice|output-files|report-formats|process|progress|terminal|text-reports|write-file)|run[\\/](?:examine-options|examine-all))|agent[\\/]retry-backoff|render[\\/](?:checklist|tone|formats[\\/]json|text[\\/](?:brief|checklist|checks|flow-logs|head|paths|report|since-when|terminal|unread|width)))\./,
        },
        {
          name: 'engine',
          test: /src[\\/](?:agent[\\/](?!retry-backoff)|checks[\\/](?!severity)|diagnosis[\\/](?!root-cause)|flow-logs[\\/](?:evaluate|record)|iam|network[\\/](?!network-key|named-blocks|referred-groups)|remedies|model[\\/](?:documents|effect|kinds|partition|permissions)\.|util[\\/](?:hash|time)\.)/,
        },
        {
          name: 'files',
          test: /src[\\/](?:account-file[\\/](?:account-file|cli-answers|fleet|json-text|no-such-file|summary|parse-accounts|merge-answers|schema|kinds|sources|infer-context)|cli[\\/](?:input[\\/]account-files|run[\\/]examine-files))\./,
        },
      ],
    },
  },
}
