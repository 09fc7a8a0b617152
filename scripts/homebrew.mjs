// The formula for a Homebrew tap, with the hash of the package that it installs.
// node scripts/homebrew.mjs ssm-doctor-0.1.0.tgz > Formula/ssm-doctor.rb
// https://docs.brew.sh/Node-for-Formula-Authors
import {createHash} from 'node:crypto'
import {readFileSync} from 'node:fs'

/** Homebrew takes no more than 80 characters. */
const WHAT = 'Find out why EC2 instances are not healthy Systems Manager managed nodes'

export function formulaFor({version, homepage, license}, sha256) {
  return `class SsmDoctor < Formula
  desc ${JSON.stringify(WHAT)}
  homepage ${JSON.stringify(homepage)}
  url "https://registry.npmjs.org/ssm-doctor/-/ssm-doctor-${version}.tgz"
  sha256 "${sha256}"
  license ${JSON.stringify(license)}

  depends_on "node"

  def install
    system "npm", "install", *std_npm_args
    bin.install_symlink libexec.glob("bin/*")
  end

  test do
    assert_match "unmanaged", shell_output("#{bin}/ssm-doctor demo --quiet")
  end
end
`
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const pkg = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  const sha256 = createHash('sha256').update(readFileSync(process.argv[2])).digest('hex')
  process.stdout.write(formulaFor(pkg, sha256))
}
