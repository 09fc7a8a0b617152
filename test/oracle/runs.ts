/** How many random cases a property runs: its own number, or that share of what the nightly run sets. */
export const runs = (usual: number): number => Math.ceil(usual * Number(process.env.PROPERTY_FACTOR ?? '1'))
