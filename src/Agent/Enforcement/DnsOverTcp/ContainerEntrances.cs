using System.Collections.Concurrent;
using System.ComponentModel;
using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Enforcement.DnsOverTcp;

/// <summary>
/// Opens an entrance in the network namespace of each container of the job, before its program runs: its runtime moves
/// the first process into the container's cgroup, of which the kernel tells, then gives it a namespace, and runs the image's
/// program some ten milliseconds later. A thread of its own, for it changes its namespace. Bounded by <see cref="Most"/>
/// namespaces and <see cref="MostWaiting"/> processes that have none yet; past it DNS over TCP is refused there.
/// </summary>
internal sealed class ContainerEntrances : IDisposable
{
    internal const int Most = 64;
    private const int MostWaiting = 256;
    private const int NewNetwork = 0x40000000; // CLONE_NEWNET
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Later = TimeSpan.FromMilliseconds(100);
    private const long SoonNs = 2_000_000_000;
    private const long GiveUpNs = 60_000_000_000;

    private readonly Resolver resolver;
    private readonly string? own = ProcText.TryReadLink("/proc/self/ns/net");
    private readonly BlockingCollection<int> joined = new(MostWaiting);
    private readonly List<(int Pid, SafeFileHandle Process, long SinceNs)> waiting = [];
    private readonly Dictionary<string, ResolverEntrance> open = [];
    private readonly CancellationTokenSource stop = new();
    private readonly Thread thread;

    internal ContainerEntrances(Resolver resolver)
    {
        this.resolver = resolver;
        thread = new Thread(Run) { Name = "entrances", IsBackground = true };
        thread.Start();
    }

    /// <summary>A process that came into a container. Called on the draining thread, which does not wait.</summary>
    internal void Consider(int pid) => _ = joined.TryAdd(pid);

    public void Dispose()
    {
        stop.Cancel();
        thread.Join();
        waiting.ForEach(entry => entry.Process.Dispose());
        joined.Dispose();
        stop.Dispose();
    }

    private void Run()
    {
        try
        {
            while (true)
            {
                if (joined.TryTake(out var pid, Pause(), stop.Token) && waiting.Count < MostWaiting
                    && TryOpenProcess(pid) is { } process)
                {
                    waiting.Add((pid, process, BootClock.NowNs()));
                }

                _ = waiting.RemoveAll(entry => IsSettled(entry.Pid, entry.Process, entry.SinceNs));
            }
        }
        catch (OperationCanceledException)
        {
            // disposed
        }
    }

    private int Pause() => waiting.Count == 0 ? Timeout.Infinite
        : (int)(BootClock.NowNs() - waiting[^1].SinceNs < SoonNs ? Soon : Later).TotalMilliseconds;

    /// <summary>True when it is served, has ended, or stays in the agent's own namespace.</summary>
    private bool IsSettled(int pid, SafeFileHandle process, long sinceNs)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/ns/net");
        var name = ProcText.TryReadLink(path);
        if (name is null || HasEnded(process) || BootClock.NowNs() - sinceNs > GiveUpNs)
        {
            process.Dispose();
            return true;
        }

        return name != own && TryServe(path, name, process);
    }

    private bool TryServe(string path, string name, SafeFileHandle process)
    {
        // An entrance that was left keeps its place until its namespace's number comes again, or room is needed.
        if (open.TryGetValue(name, out var known) && known.TryHold(process))
        {
            return true;
        }

        foreach (var left in open.Where(entry => entry.Value.IsLeft).Select(entry => entry.Key).ToList())
        {
            _ = open.Remove(left);
        }

        using var network = Open(path);
        if (open.Count == Most || network.IsInvalid || HasEnded(process)
            || Interop.Libc.setns(network, NewNetwork) != 0)
        {
            process.Dispose();
            return true;
        }

        try
        {
            var entrance = ResolverEntrance.Open(process);
            open[name] = entrance;
            resolver.Add(entrance);
            return true;
        }
        catch (Win32Exception)
        {
            // Its loopback is not up yet: the runtime is on it.
            return false;
        }
    }

    /// <summary>A number of a process is given again; of this descriptor one learns whether it is still that process.</summary>
    private static SafeFileHandle? TryOpenProcess(int pid)
    {
        var descriptor = (int)Interop.Libc.syscall(Native.SYS_pidfd_open, pid, 0, 0, 0);
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    private static unsafe bool HasEnded(SafeFileHandle process)
    {
        var polled = new Interop.Libc.PollDescriptor
        {
            Descriptor = (int)process.DangerousGetHandle(),
            Events = Native.POLLIN,
        };
        return Interop.Libc.poll(&polled, 1, 0) != 0;
    }

    private static SafeFileHandle Open(string path) =>
        new(Interop.Libc.open(path, Native.O_CLOEXEC, 0), ownsHandle: true);
}
