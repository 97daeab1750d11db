using System.Collections.Concurrent;
using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sallyport.Agent.Host;
using Sallyport.Wire;

namespace Sallyport.Agent.Enforcement.DnsOverTcp;

/// <summary>
/// Opens an entrance in the network namespace of each container of the job, before its program runs: its runtime makes the
/// container's cgroup and moves a process into it, of which the kernel tells; that one's second child gets the namespace and
/// runs the image's program some ten milliseconds later. A thread of its own, for it changes its namespace. Bounded by <see
/// cref="Most"/> namespaces, <see cref="MostOfContainer"/> processes of each container that are looked at, and <see
/// cref="MostWaiting"/> that have no namespace yet; past it DNS over TCP is refused there.
/// </summary>
internal sealed class ContainerEntrances : IDisposable
{
    internal const int Most = 64;
    private const int MostWaiting = 256;
    private const int MostOfContainer = 16;
    private const int MostContainers = 4096;
    private const int NewNetwork = 0x40000000; // CLONE_NEWNET
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Later = TimeSpan.FromMilliseconds(100);
    private const long SoonNs = 2_000_000_000;
    private const long GiveUpNs = 60_000_000_000;

    private readonly Resolver resolver;
    private readonly string? own = ProcText.TryReadLink("/proc/self/ns/net");
    private readonly BlockingCollection<int> joined = new(MostWaiting);
    private readonly List<JoiningProcess> waiting = [];
    private readonly Dictionary<string, ResolverEntrance> open = [];
    private readonly Dictionary<ulong, int> looked = []; // the draining thread's: by cgroup
    private readonly CancellationTokenSource stop = new();
    private readonly Thread thread;

    internal ContainerEntrances(Resolver resolver)
    {
        this.resolver = resolver;
        thread = new Thread(Run) { Name = "entrances", IsBackground = true };
        thread.Start();
    }

    /// <summary>A cgroup of a container. Called on the draining thread, as is the next.</summary>
    internal void ContainerMade(ulong cgroup)
    {
        if (looked.Count < MostContainers)
        {
            _ = looked.TryAdd(cgroup, 0);
        }
    }

    /// <summary>One of the first processes of a container, or one that came into it from outside (docker exec).</summary>
    internal void ProcessBegan(in ProcessForkedRecord process)
    {
        ref var count = ref CollectionsMarshal.GetValueRefOrNullRef(looked, process.Cgroup);
        var isFirst = !Unsafe.IsNullRef(ref count) && count < MostOfContainer;
        if (isFirst || process.Parent == 0)
        {
            _ = joined.TryAdd((int)process.Pid);
        }

        if (isFirst)
        {
            count++;
        }
    }

    public void Dispose()
    {
        stop.Cancel();
        thread.Join();
        waiting.ForEach(process => process.Dispose());
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
                    && JoiningProcess.TryOpen(pid) is { } process)
                {
                    waiting.Add(process);
                }

                _ = waiting.RemoveAll(IsSettled);
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
    private bool IsSettled(JoiningProcess process)
    {
        var name = process.Network();
        var isSettled = name is null || process.HasEnded || BootClock.NowNs() - process.SinceNs > GiveUpNs
            || (name != own && TryServe(name, process));
        if (isSettled)
        {
            process.Dispose();
        }

        return isSettled;
    }

    private bool TryServe(string name, JoiningProcess process)
    {
        if (open.TryGetValue(name, out var known) && known.TryHold(process))
        {
            return true;
        }

        foreach (var left in open.Where(entry => entry.Value.IsLeft).Select(entry => entry.Key).ToList())
        {
            _ = open.Remove(left);
        }

        using var network = process.OpenNetwork();
        if (open.Count == Most || network.IsInvalid || process.HasEnded
            || Interop.Libc.setns(network, NewNetwork) != 0)
        {
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
}
