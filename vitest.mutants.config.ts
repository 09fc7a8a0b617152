import {defineConfig} from 'vitest/config'

/** The tests that mutants of the network must not survive; the random networks only in the few that each mutant can afford. */
export default defineConfig({
  test: {
    include: [
      'test/network/**/!(walk*|address.property|ranges.property).test.ts',
      'test/checks/{endpoint,endpoint-group,internet-gateway,names,nat-gateway,nat-instance,network-acl,peering,route,security-group,transit-gateway}.test.ts',
      'test/doctor/{network,reach,wrong-causes}.test.ts',
    ],
    setupFiles: ['test/support/seed.ts'],
    testTimeout: 300_000,
    disableConsoleIntercept: true,
    env: {AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', NO_COLOR: '1', PROPERTY_FACTOR: '0.01'},
  },
})
