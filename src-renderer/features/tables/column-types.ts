/** Types of the SQL layer that a column is often given. The store keeps the text and does nothing with it: any other will do. */
export const columnTypes = [
  'VARCHAR',
  'CHAR',
  'BIGINT',
  'INTEGER',
  'SMALLINT',
  'BOOLEAN',
  'DOUBLE',
  'FLOAT',
  'DECIMAL',
  'DATE',
  'TIME',
  'TIMESTAMP',
  'VARBINARY',
  'ARRAY',
  'MULTISET',
] as const
