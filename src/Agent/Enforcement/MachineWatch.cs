using System.Collections.Immutable;
using System.Text;
using Sallyport.Agent.Host;
using Sallyport.Agent.Kernel;
using Sallyport.Wire;

namespace Sallyport.Agent.Enforcement;

/// <summary>
/// Changes of where packets go and what names mean, while the job runs. No verdict depends on it. Those of the network are told
/// by the kernel side itself; files and resolvers are watched by a thread until <see cref="End"/>.
/// </summary>
internal sealed unsafe class MachineWatch : IDisposable
{
    private static readonly TimeSpan AtTheEnd = TimeSpan.FromSeconds(5);

    private readonly JobTasks tasks;
    private readonly AgentRecords records;
    private readonly ChangeSockets sockets;
    private readonly NameFiles files;
    private readonly List<ResolverService> services;
    private readonly DescriptorPipe stop = DescriptorPipe.Open();
    private readonly Thread thread;
    private bool ended;
    private bool hangs;

    private MachineWatch(KernelObject kernel, AgentRecords records)
    {
        tasks = new JobTasks(kernel);
        this.records = records;
        sockets = ChangeSockets.Open(kernel);
        files = new NameFiles(tasks.IsOrWasOfJob, (source, pid, data) => records.AddChange(source, tasks.ProcessOf(pid), pid, data));
        services = [.. ResolverService.Find()]; // here, because the thread may begin when the job has stopped one
        thread = new Thread(Run) { Name = "machine", IsBackground = true };
        thread.Start();
    }

    /// <summary>What is not watched, with the reason.</summary>
    internal ImmutableArray<string> Failures => sockets.Failures;

    internal static MachineWatch Begin(KernelObject kernel, AgentRecords records) => new(kernel, records);

    /// <summary>The job has ended: looks once more, and tells what there is.</summary>
    internal void End()
    {
        if (ended)
        {
            return;
        }

        ended = true;
        stop.TakeWriter().Dispose();
        hangs = !thread.Join(AtTheEnd);
        if (hangs)
        {
            records.AddChange(ChangeSource.File, 0, 0, Encoding.UTF8.GetBytes($"{files.Looking}\0it does not answer"));
        }
    }

    /// <summary>A thread that hangs at a file, which something is mounted over, is left alone, with what it uses.</summary>
    public void Dispose()
    {
        End();
        if (hangs)
        {
            return;
        }

        sockets.Dispose();
        files.Dispose();
        foreach (var service in services)
        {
            service.Dispose();
        }

        stop.Dispose();
    }

    private void Run()
    {
        while (true)
        {
            Interop.Libc.PollDescriptor[] watched =
            [
                On((int)stop.Reader.DangerousGetHandle(), 0),
                On((int)files.Mounts.DangerousGetHandle(), Native.POLLPRI),
                On((int)(files.Notifications?.DangerousGetHandle() ?? -1), Native.POLLIN),
                .. services.Select(service => On((int)service.Process.DangerousGetHandle(), Native.POLLIN)),
            ];
            fixed (Interop.Libc.PollDescriptor* start = watched)
            {
                _ = Interop.Libc.poll(start, (nuint)watched.Length, -1);
            }

            var isOver = watched[0].Returned != 0; // the writing end was closed
            if (isOver || watched[1].Returned != 0)
            {
                files.CompareAll();
            }
            else if (watched[2].Returned != 0)
            {
                files.TakeNotifications();
            }

            for (var i = services.Count - 1; i >= 0; i--)
            {
                if (watched[3 + i].Returned != 0)
                {
                    records.AddChange(ChangeSource.Service, 0, 0, Encoding.UTF8.GetBytes(services[i].Exe));
                    services[i].Dispose();
                    services.RemoveAt(i);
                }
            }

            if (isOver)
            {
                return;
            }
        }
    }

    private static Interop.Libc.PollDescriptor On(int descriptor, short events) =>
        new() { Descriptor = descriptor, Events = events };
}
