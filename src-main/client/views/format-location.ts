import type { Location } from '../../rpc/generated/dingodb/common_pb'
import { addressOf } from '../region-route'

/** `host:port`; empty where nobody tells. */
export const formatLocation = (location: Location | undefined): string => addressOf(location) ?? ''
