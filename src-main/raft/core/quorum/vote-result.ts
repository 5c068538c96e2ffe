/** Where an election stands: still open, won, or no longer winnable. */
export type VoteResult = 'VotePending' | 'VoteLost' | 'VoteWon'
