import type {Call, Step} from './remedy.ts'

/** A change of an existing instance is an option of the launch here, or part of one. */
const OPTIONS: Readonly<Record<string, (input: Call['input']) => Call['input'] | undefined>> = {
  AssociateIamInstanceProfile: ({InstanceId: _, ...options}) => options,
  AllocateAddress: () => ({AssociatePublicIpAddress: true}),
  AssociateAddress: () => undefined,
  ModifyInstanceMetadataOptions: ({InstanceId: _, ...MetadataOptions}) => ({MetadataOptions}),
}

/** The steps of a change of an instance that does not exist yet, which they name by its id or that of its interface. */
export const atLaunch =
  (...ids: readonly string[]) =>
  (steps: readonly Step[]): readonly Step[] => {
    const text = JSON.stringify(steps)
    if (!ids.some((id) => text.includes(`"${id}"`))) return steps
    return steps.flatMap((step): readonly Step[] => {
      const optionsOf = 'operation' in step ? OPTIONS[step.operation] : undefined
      if (!optionsOf || !('operation' in step)) return [step]
      const launch = optionsOf(step.input)
      return launch === undefined ? [] : [{launch}]
    })
  }
