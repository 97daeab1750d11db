// `pre` has started protection, unless the action is local or part of a composite: the runner has no `pre` for these.
import { isProtected, protect, tell } from './job.mjs';
process.exitCode = await isProtected(process.env) ? 0 : await protect(process.env);
await tell(process.env);
