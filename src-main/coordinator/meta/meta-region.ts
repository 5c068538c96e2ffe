/** The id of the coordinators' Raft group, which DingoDB calls 0-META. */
export const META_REGION_ID = 0
