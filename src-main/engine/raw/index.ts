// What the layers above may use: contracts, batches and ranges. Implementations are chosen in sandbox/ (architecture.md
// part 2, rule 1).
export { defaultColumnFamily } from './column-family'
export { compareBytes, keyAfter, prefixRange, rangeContains, rangeCovers, rangesOverlap } from './key-range'
export type { KeyRange } from './key-range'
export { rawEngineLimits } from './limits'
export type {
  CloseOptions,
  IterateOptions,
  RawEngine,
  RawEngineOptions,
  RawEngineSupport,
  RawEntry,
  RawIterator,
  RawReader,
  RawSnapshot,
  ReadOptions,
  WriteOptions,
} from './raw-engine'
export type {
  ColumnFamilyProperties,
  RawEngineProperties,
  RocksBlockCache,
  RocksColumnFamilyInspection,
  RocksCompaction,
  RocksInspection,
  RocksLevel,
  RocksMemtables,
  RocksTables,
  SstFile,
  WalFile,
} from './raw-engine-properties'
export { RawWriteBatch } from './raw-write-batch'
export type { DeleteOperation, DeleteRangeOperation, PutOperation, RawWriteOperation } from './raw-write-batch'
export type { IncompleteIngest, IngestOptions, IngestResult, RangeSelection, RangeSource } from './range-transfer'
