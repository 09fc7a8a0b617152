// The bill of materials of what is published: the packages whose code is in the bundle, with the hashes of the lock file.
// node scripts/sbom.mjs > ssm-doctor.cdx.json   (after npm run build, which writes NOTICES.md)
// https://cyclonedx.org/docs/1.5/json/
import {readFileSync} from 'node:fs'

const read = (name) => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8')

const purlOf = (name, version) => `pkg:npm/${name.replace('@', '%40')}@${version}`

/** `sha512-<base64>` of the lock file as CycloneDX writes it. */
function hashesOf(integrity = '') {
  const [algorithm, digest] = integrity.split('-')
  return algorithm === 'sha512' ? [{alg: 'SHA-512', content: Buffer.from(digest, 'base64').toString('hex')}] : []
}

export function sbomOf(pkg, lock, notices) {
  const locked = new Map(
    Object.entries(lock.packages).map(([path, found]) => [
      `${path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)} ${found.version}`,
      found,
    ]),
  )
  const components = [...notices.matchAll(/^## (\S+) (\S+) \((.+)\)$/gm)].map(([, name, version, license]) => {
    const found = locked.get(`${name} ${version}`)
    if (found === undefined) throw new Error(`${name} ${version} is in the bundle and not in the lock file`)
    return {
      type: 'library',
      'bom-ref': purlOf(name, version),
      name,
      version,
      scope: 'required',
      hashes: hashesOf(found.integrity),
      licenses: [{expression: license}],
      purl: purlOf(name, version),
    }
  })
  const self = purlOf(pkg.name, pkg.version)
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: {
      component: {
        type: 'application',
        'bom-ref': self,
        name: pkg.name,
        version: pkg.version,
        licenses: [{expression: pkg.license}],
        purl: self,
      },
    },
    components: components.sort((a, b) => (a.purl < b.purl ? -1 : 1)),
    dependencies: [{ref: self, dependsOn: components.map(({purl}) => purl).sort()}],
  }
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const sbom = sbomOf(JSON.parse(read('package.json')), JSON.parse(read('package-lock.json')), read('NOTICES.md'))
  process.stdout.write(`${JSON.stringify(sbom, undefined, 2)}\n`)
}
