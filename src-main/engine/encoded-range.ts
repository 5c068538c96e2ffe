// What a store keeps beside the plain range of a region: where its data lies in the raw engine.
export { encodeRange } from './mvcc/key-codec'
