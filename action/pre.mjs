import { protect, standing } from './job.mjs';
process.exitCode = await protect(process.env, undefined, (await standing(process.env)).isWatched);
