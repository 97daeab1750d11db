import { finish } from './job.mjs';
process.exitCode = await finish(process.env);
