using System.Collections.Concurrent;
using Sallyport.Agent.Core.Decoding;
using Sallyport.Agent.Core.Files;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Files;

/// <summary>
/// Who had a pid, and what it ran when: fanotify names a writer by a pid alone, which may be gone when we read of it. Filled by
/// the draining thread, asked by the one that reads of files. Bounded by the processes that live, and
/// <see cref="MostEnded"/> that have ended.
/// </summary>
internal sealed class Writers(TrustedPrograms programs)
{
    private const int MostEnded = 8192;
    private const int MostContainers = 16_384;
    private const int MostBegun = 65_536;

    /// <summary>File systems stamp with a clock that moves this often (CONFIG_HZ of 100 at worst).</summary>
    private const long TickNs = 10_000_000;

    private readonly Lock changing = new();
    private readonly Dictionary<uint, Writer> byPid = [];
    private readonly Queue<(uint Pid, ulong Process)> ended = new();
    private readonly Dictionary<ulong, Container> containers = [];
    private readonly ConcurrentQueue<(string Path, long Round)> begun = new();
    private long drains;
    private long begunLost;

    /// <summary>How often the rings were drained.</summary>
    internal long Drains => Interlocked.Read(ref drains);

    internal void Drained() => Interlocked.Increment(ref drains);

    /// <param name="cgroup">Its number.</param>
    /// <param name="isOwn">A process of the job has made it: its name proves nothing, and what is in it may run the machine's programs.</param>
    internal void ContainerMade(ulong cgroup, bool isOwn)
    {
        lock (changing)
        {
            _ = containers.Count < MostContainers && containers.TryAdd(cgroup, new Container(isOwn));
        }
    }

    /// <summary>A child runs what its parent ran, from as long ago.</summary>
    internal void Forked(in ProcessForkedEvent value)
    {
        ref readonly var record = ref value.Fixed;
        lock (changing)
        {
            var parent = byPid.GetValueOrDefault(record.ParentPid);
            byPid[record.Pid] = new Writer(
                record.Header.Process, parent.SinceNs, parent.IsTrusted, containers.GetValueOrDefault(record.Cgroup) ?? parent.Container);
        }
    }

    /// <summary>Was there before; what it runs is not trusted.</summary>
    internal void Adopted(uint pid, ulong process)
    {
        lock (changing)
        {
            _ = byPid.TryAdd(pid, new Writer(process, 0, false, null));
        }
    }

    internal void Executed(in ProcessExecutedEvent value)
    {
        ref readonly var record = ref value.Fixed;
        Container? container;
        lock (changing)
        {
            container = containers.GetValueOrDefault(record.Cgroup);
            byPid[record.Pid] = new Writer(
                record.Header.Process,
                (long)record.Header.BootNs,
                programs.Contains(value.Exe, ExecutableKey.Of(in record), container is { IsOwn: false }),
                container ??= byPid.GetValueOrDefault(record.Pid).Container);
        }

        container?.Look(record.Pid);
        foreach (var path in container is { Paths: null } ? [] : TemporaryProgram.Of(in value, container?.Paths))
        {
            if (begun.Count < MostBegun)
            {
                begun.Enqueue((path, Drains));
            }
            else
            {
                _ = Interlocked.Increment(ref begunLost);
            }
        }
    }

    /// <summary>Programs in temporary folders that were begun and not taken: too many at once.</summary>
    internal long BegunLost => Interlocked.Read(ref begunLost);

    /// <summary>The next program that was begun in a temporary folder, <paramref name="rounds"/> rounds of draining ago or more.</summary>
    internal bool TryTakeBegun(int rounds, bool isOver, out string path)
    {
        path = string.Empty;
        if (!begun.TryPeek(out var next) || (!isOver && Drains < next.Round + rounds))
        {
            return false;
        }

        path = next.Path;
        return begun.TryDequeue(out _);
    }

    internal void Exited(in ProcessExitedEvent value)
    {
        ref readonly var record = ref value.Fixed;
        lock (changing)
        {
            ended.Enqueue((record.Pid, record.Header.Process));
            if (ended.Count > MostEnded)
            {
                var (pid, process) = ended.Dequeue();
                if (byPid.TryGetValue(pid, out var writer) && writer.Process == process)
                {
                    _ = byPid.Remove(pid);
                }
            }
        }
    }

    /// <summary>Whether who had a pid lately was git when it wrote.</summary>
    /// <param name="pid">In the initial namespace.</param>
    /// <param name="changedNs">
    /// Boot time of the file's last change as the kernel stamped it, up to <see cref="TickNs"/> too early; 0 when nobody looked. A
    /// process that wrote before it became git was not git.
    /// </param>
    /// <param name="process">The kernel's number; 0 when it is not the job's.</param>
    internal bool IsTrusted(uint pid, long changedNs, out ulong process)
    {
        lock (changing)
        {
            var isKnown = byPid.TryGetValue(pid, out var writer);
            process = isKnown ? writer.Process : 0;
            return isKnown && writer.IsTrusted && (changedNs == 0 || changedNs + TickNs >= writer.SinceNs);
        }
    }

    /// <summary>Who had a pid lately; the kernel's number, 0 when it is not the job's.</summary>
    /// <param name="pid">In the initial namespace.</param>
    /// <param name="container">Where the files of its container are; null when it is in none, or that is not known.</param>
    internal ulong Find(uint pid, out ContainerPaths? container)
    {
        lock (changing)
        {
            var writer = byPid.GetValueOrDefault(pid);
            container = writer.Container?.Paths;
            return writer.Process;
        }
    }

    private readonly record struct Writer(ulong Process, long SinceNs, bool IsTrusted, Container? Container);

    /// <summary>Looked at when programs begin in it, until one is there: a runtime's own processes come before.</summary>
    private sealed class Container(bool isOwn)
    {
        private const int MostLooks = 64;
        private volatile ContainerPaths? paths;
        private int looks;

        internal bool IsOwn => isOwn;

        internal ContainerPaths? Paths => paths;

        internal void Look(uint pid)
        {
            if (paths is null or { IsOfMachine: true } && looks++ < MostLooks
                && ProcText.TryRead($"/proc/{pid}/mountinfo") is { } inner && ProcText.TryRead("/proc/self/mountinfo") is { } outer)
            {
                paths = ContainerPaths.TryRead(inner, outer) ?? paths;
            }
        }
    }
}
