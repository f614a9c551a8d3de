// Where a target answers otherwise on purpose: case -> target -> why, in a sentence, and a part of what its failure
// says. A case that stands here and passes fails the run, and so does one that fails in another way.
export const DIFFERENCES = {};
