using Sallyport.Runner.Listening;
using Sallyport.Runner.Service;
using Sallyport.Runner.Working;

// One program under three names. The tool lays out a runner root in which copies of this executable are called like the
// runner's two processes; /proc/PID/exe, argv and comm are then what they are on a runner.
Libc.HeedInterrupts();
return Path.GetFileName(Environment.ProcessPath) switch
{
    RunnerRoot.ListenerName => await ListenerProgram.RunAsync(args),
    RunnerRoot.WorkerName => await WorkerProgram.RunAsync(args),
    _ => await RunnerTool.RunAsync(args),
};
