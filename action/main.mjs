// `pre` has started protection, unless the action is local or a part of a local one: the runner has no `pre` for these.
import { protect, standing, tell } from './job.mjs';
const { isWatched, isTaken } = await standing(process.env);
process.exitCode = isTaken ? 0 : await protect(process.env, undefined, isWatched);
await tell(process.env);
