import fc from 'fast-check'

/** Every run sees the same random cases, so that a change alone can turn it red. The night brings a seed of its own. */
fc.configureGlobal({seed: Number(process.env.PROPERTY_SEED ?? 20_261_125)})
