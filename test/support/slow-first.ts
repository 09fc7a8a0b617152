import {BaseSequencer, type TestSpecification} from 'vitest/node'

/**
 * What takes longest, longest first, so that no worker is left with it at the end. Vitest knows how long a file took only
 * where it ran before, which is never so in CI.
 */
const SLOW = [
  /plan\/moto-plan/,
  /lambda\/organization\.moto/,
  /collect\/moto-loop/,
  /network\/walk|audit\/outcome-cache/,
  /resilience\/|executable\/single-file|lambda\/functions|pages\.browser/,
  /audit\/audit\.test|executable\/|fleet-|every-call|terraform-validate/,
]

const rankOf = ({moduleId}: TestSpecification): number => {
  const rank = SLOW.findIndex((pattern) => pattern.test(moduleId))
  return rank === -1 ? SLOW.length : rank
}

export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).sort((one, other) => rankOf(one) - rankOf(other))
  }
}
