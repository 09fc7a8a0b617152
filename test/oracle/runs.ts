/** How many random cases a property sees: its own number, or that share of what the night asks for. */
export const runs = (usual: number): number => Math.ceil(usual * Number(process.env.PROPERTY_FACTOR ?? '1'))
