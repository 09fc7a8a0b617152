import fc from 'fast-check'

/** Every run uses the same random cases, so that only a change of the code can make it fail. The nightly run sets its own seed. */
fc.configureGlobal({seed: Number(process.env.PROPERTY_SEED ?? 20_261_125)})
