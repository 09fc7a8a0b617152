/** How many random cases a property sees: its own number, or that share of what the night asks for. */
export const runs = (usual: number): number => Math.ceil(usual * Number(process.env.PROPERTY_FACTOR ?? '1'))

/** A seed from outside repeats a night; without one every run looks at new networks. */
export const seed: {readonly seed?: number} = process.env.PROPERTY_SEED ? {seed: Number(process.env.PROPERTY_SEED)} : {}
