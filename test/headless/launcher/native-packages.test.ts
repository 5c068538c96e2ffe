import { expect, it } from 'vitest'
import { checkNativePackages } from '../../../src-main/headless/launcher/native-packages'
import { createFakeProject } from './support/fake-project'

const check = (complaint: string | null): string[] => {
  const { context, said } = createFakeProject()
  checkNativePackages(context(), (name) => {
    if (complaint !== null && name === 'rocksdb-native') throw new Error(complaint)
  })
  return said
}

it('says nothing when the native packages load', () => {
  expect(check(null)).toEqual([])
})

it('names the missing system library and the command that installs it', () => {
  const [sentence, ...others] = check('libatomic.so.1: cannot open shared object file: No such file or directory')
  expect(sentence).toMatch(
    /^The storage engine of the package rocksdb-native does not load\. .*libatomic\.so\.1 is missing/,
  )
  expect(sentence).toMatch(/apt-get install -y .*libatomic1/)
  expect(others).toEqual([])
})

it('gives the first line of any other complaint', () => {
  expect(check("Cannot find module 'rocksdb-native'\nRequire stack:\n- here")).toEqual([
    "The storage engine of the package rocksdb-native does not load. Cannot find module 'rocksdb-native'. Run: npm ci",
  ])
})

it('looks for the packages in the project', () => {
  const { context, said } = createFakeProject()
  checkNativePackages(context())
  expect(said).toHaveLength(2)
})
