import { protect } from './job.mjs';
process.exitCode = await protect(process.env);
