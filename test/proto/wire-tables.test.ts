import type { DescField, DescFile, DescMessage } from '@bufbuild/protobuf'
import { ScalarType } from '@bufbuild/protobuf'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { file_dingodb_common } from '../../src-main/rpc/generated/dingodb/common_pb'
import { file_dingodb_coordinator_internal } from '../../src-main/rpc/generated/dingodb/coordinator_internal_pb'
import { file_dingodb_coordinator } from '../../src-main/rpc/generated/dingodb/coordinator_pb'
import { file_dingodb_debug } from '../../src-main/rpc/generated/dingodb/debug_pb'
import { file_dingodb_error } from '../../src-main/rpc/generated/dingodb/error_pb'
import { file_dingodb_meta } from '../../src-main/rpc/generated/dingodb/meta_pb'
import { file_dingodb_node } from '../../src-main/rpc/generated/dingodb/node_pb'
import { file_dingodb_push } from '../../src-main/rpc/generated/dingodb/push_pb'
import { file_dingodb_raft } from '../../src-main/rpc/generated/dingodb/raft_pb'
import { file_dingodb_store_internal } from '../../src-main/rpc/generated/dingodb/store_internal_pb'
import { file_dingodb_store } from '../../src-main/rpc/generated/dingodb/store_pb'
import { projectDirectory } from '../support/capabilities'
import { readWireTables } from './wire-tables'

const reference = join(projectDirectory, '..', 'shared', 'reference', 'dingodb.md')
const files: readonly DescFile[] = [
  file_dingodb_common,
  file_dingodb_error,
  file_dingodb_store,
  file_dingodb_coordinator,
  file_dingodb_meta,
  file_dingodb_node,
  file_dingodb_debug,
  file_dingodb_push,
  file_dingodb_store_internal,
  file_dingodb_raft,
  file_dingodb_coordinator_internal,
]

/** The fields of messages that the tables know by name only, as methods or as types of fields. */
const COMMON_FIELDS: ReadonlySet<string> = new Set(['', 'request_info=1', 'response_info=1,error=2'])

const isThere = existsSync(reference)
const packages = isThere ? readWireTables(readFileSync(reference, 'utf8')) : []

describe('the protocol is what the tables of the reference say', () => {
  if (!isThere) {
    test('every message, enum and method', ({ skip }) => {
      const reason = `the tables of the reference are not at ${reference}`
      if (process.env['CI'] === 'true') throw new Error(`This test cannot run: ${reason}.`)
      skip(reason)
    })
    return
  }
  test('the tables are read', () => {
    expect(packages.map(({ name }) => name)).toEqual(expect.arrayContaining(files.map(({ proto }) => proto.package)))
    expect(packages.reduce((sum, { messages }) => sum + messages.size, 0)).toBeGreaterThan(450)
    expect(packages.reduce((sum, { methods }) => sum + methods.size, 0)).toBeGreaterThan(100)
  })

  for (const file of files) {
    const name = file.proto.package
    const tables = packages.find((each) => each.name === name)
    describe(name, () => {
      const described = new Map(allMessages(file).map((message) => [message.typeName.slice(name.length + 1), message]))

      test('has every message of the tables, field by field', () => {
        const expected = new Map(
          [...(tables?.messages ?? [])].map(([message, fields]) => [
            message,
            fields.map((field) => ({ ...field, type: qualified(field.type, name, message) })),
          ]),
        )
        for (const [message, fields] of expected) {
          const found = described.get(message)
          expect(
            found?.fields.map((field) => fieldOf(field)),
            message,
          ).toEqual(fields)
        }
      })

      test('has nothing that the tables do not name but what every request and response carries', () => {
        const unnamed = [...described].filter(([message]) => tables?.messages.has(message) !== true)
        const more = unnamed.filter(
          ([, { fields }]) => !COMMON_FIELDS.has(fields.map((field) => `${field.name}=${String(field.number)}`).join()),
        )
        expect(more.map(([message]) => message)).toEqual([])
      })

      test('has every enum of the tables, value by value', () => {
        const enums = new Map(
          allEnums(file).map((each) => [
            each.typeName.slice(name.length + 1),
            Object.fromEntries(each.values.map((value) => [value.name, value.number])),
          ]),
        )
        for (const [each, values] of tables?.enums ?? [])
          expect(enums.get(each), each).toEqual(Object.fromEntries(values))
      })

      test('has every method of the tables, and no other', () => {
        const methods = file.services.flatMap((service) =>
          service.methods.map((method) => [
            method.name,
            `${short(method.input.typeName, name)} -> ${short(method.output.typeName, name)}`,
          ]),
        )
        expect(Object.fromEntries(methods)).toEqual(Object.fromEntries(tables?.methods ?? []))
        expect(file.services.flatMap(({ methods: all }) => all).every(({ methodKind }) => methodKind === 'unary')).toBe(
          true,
        )
      })
    })
  }
})

function allMessages(file: DescFile): readonly DescMessage[] {
  const withNested = (message: DescMessage): readonly DescMessage[] => [
    message,
    ...message.nestedMessages.flatMap(withNested),
  ]
  return file.messages.flatMap(withNested)
}

function allEnums(file: DescFile) {
  return [...file.enums, ...allMessages(file).flatMap(({ nestedEnums }) => nestedEnums)]
}

function fieldOf(field: DescField) {
  return {
    name: field.name,
    number: field.number,
    type: typeOf(field),
    isRepeated: field.fieldKind === 'list',
    oneof: field.oneof?.name,
  }
}

/** As the tables write types, with full names. */
function typeOf(field: DescField): string {
  const scalar = (type: ScalarType) => ScalarType[type].toLowerCase()
  if (field.message !== undefined) {
    return field.fieldKind === 'map' ? `map<${scalar(field.mapKey)},${field.message.typeName}>` : field.message.typeName
  }
  const value = field.enum !== undefined ? field.enum.typeName : scalar(field.scalar)
  return field.fieldKind === 'map' ? `map<${scalar(field.mapKey)},${value}>` : value
}

const scalars = new Set(
  Object.values(ScalarType)
    .filter((name): name is string => typeof name === 'string')
    .map((name) => name.toLowerCase()),
)

/** A type of the tables with its full name, sought from the message outwards as protobuf does. */
function qualified(type: string, packageName: string, message: string): string {
  const map = /^map<(\w+),([\w.]+)>$/.exec(type)
  if (map !== null) return `map<${map[1] ?? ''},${qualified(map[2] ?? '', packageName, message)}>`
  if (scalars.has(type)) return type
  const tables = packages.find(({ name }) => name === packageName)
  for (let scope = message; scope !== ''; scope = scope.slice(0, Math.max(0, scope.lastIndexOf('.')))) {
    const nested = `${scope}.${type}`
    if (tables?.messages.has(nested) === true || tables?.enums.has(nested) === true) return `${packageName}.${nested}`
  }
  const packageNames = files.map(({ proto }) => proto.package)
  const isOfOther = packageNames.some((each) => type.startsWith(`${each.split('.').at(-1) ?? ''}.`))
  return isOfOther ? `dingodb.pb.${type}` : `${packageName}.${type}`
}

function short(typeName: string, packageName: string): string {
  return typeName.startsWith(`${packageName}.`)
    ? typeName.slice(packageName.length + 1)
    : typeName.replace('dingodb.pb.', '')
}
