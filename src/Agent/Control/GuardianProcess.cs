using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Sallyport.Agent.Enforcement;
using Sallyport.Agent.Host;
using Sallyport.Agent.Runner;
using Sallyport.Agent.Runner.Privileges;
using Sallyport.Agent.Service;
using Sallyport.Agent.Sinks;

namespace Sallyport.Agent.Control;

/// <summary>
/// <c>sallyport internal guard PIPE HOLD</c>: reads orders until the agent ends, then carries them out. HOLD is the end of
/// a <see cref="DescriptorHold"/>; as long as it is open, what the agent attached judges.
/// </summary>
internal static class GuardianProcess
{
    /// <summary>Bound on the text of all orders, bytes.</summary>
    private const int MaximumBytes = 1 << 20;

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    internal static int Run(string pipeNumber, string holdNumber)
    {
        using var hold = new SafeFileHandle(int.Parse(holdNumber, CultureInfo.InvariantCulture), ownsHandle: true);
        Directory.SetCurrentDirectory("/");
        OutOfMemory.GoNever();
        var orders = GuardOrder.Parse(ReadToEnd(int.Parse(pipeNumber, CultureInfo.InvariantCulture)));
        if (!orders.Exists(order => order.Word == GuardOrder.Done))
        {
            Carry(orders, hold);
        }

        return ExitCode.Success;
    }

    /// <summary>Does, for a runner's job that is over, what its guardian would have done, had it not been killed too.</summary>
    internal static void StandIn(List<GuardOrder> orders)
    {
        LetGo(orders);
        Finish(orders);
    }

    /// <summary>First everything is stopped; the programs come off last, so that no process of the job is ever unjudged.</summary>
    private static void Carry(List<GuardOrder> orders, SafeFileHandle hold)
    {
        foreach (var order in orders.Where(order => order.Word == GuardOrder.Await))
        {
            WaitFor(order.Value, orders.Find(other => other.Word == GuardOrder.Lift)?.Value, () => LetGo(orders, hold));
        }

        var cgroups = orders.FindAll(order => order.Word == GuardOrder.Cgroup).ConvertAll(order => new Cgroup(order.Value));
        foreach (var cgroup in cgroups)
        {
            cgroup.Kill();
        }

        foreach (var order in orders.Where(order => order.Word == GuardOrder.Process))
        {
            if (ProcessOf(order.Value) is { } process)
            {
                ProcessTree.Kill(process);
            }
        }

        foreach (var cgroup in cgroups)
        {
            _ = CgroupRemoval.WhenEmpty(cgroup, TimeSpan.FromSeconds(10));
        }

        LetGo(orders, hold);
        Finish(orders);
    }

    /// <summary>When nothing is left of the job: its changes of the machine are undone, and there is a report of what was recorded.</summary>
    private static void Finish(List<GuardOrder> orders)
    {
        foreach (var order in orders.Where(order => order.Word == GuardOrder.Undo))
        {
            _ = MachineChanges.Undo(order.Value);
        }

        WriteReport(orders);
        HandOver(orders);
        foreach (var order in orders.Where(order => order.Word == GuardOrder.Remove))
        {
            OwnPath.Remove(order.Value);
        }
    }

    /// <summary>The programs come off. Again does nothing.</summary>
    private static void LetGo(List<GuardOrder> orders, SafeFileHandle hold)
    {
        hold.Dispose();
        LetGo(orders);
    }

    /// <summary>What has names, and filters: all that stays without a process.</summary>
    internal static void LetGo(IReadOnlyCollection<GuardOrder> orders)
    {
        foreach (var pins in orders.Where(order => order.Word == GuardOrder.Pins))
        {
            _ = OwnPath.Remove(pins.Value);
        }

        foreach (var filter in orders.Where(order => order.Word == GuardOrder.Filter))
        {
            _ = TrafficFilter.Parse(filter.Value)?.TryRemove();
        }
    }

    /// <summary>
    /// A job of a runner goes on without its agent, judged as before, until its worker has ended: or until the machine's owner has
    /// overridden enforcement, which the agent says that has taken over.
    /// </summary>
    private static void WaitFor(string value, string? lift, Action letGo)
    {
        if (ProcessOf(value) is { } worker && ProcessHandle.TryOpen(worker) is { } opened)
        {
            using var handle = opened;
            while (!handle.WaitForEnd(Look))
            {
                // Nothing here may throw or need memory: all that is in force hangs on this process.
                if (lift is not null && File.Exists(lift))
                {
                    letGo();
                    handle.WaitForEnd();
                    return;
                }
            }
        }
    }

    private static ProcessIdentity? ProcessOf(string value)
    {
        var numbers = value.Split(' ');
        return numbers.Length == 2
            && int.TryParse(numbers[0], CultureInfo.InvariantCulture, out var pid)
            && long.TryParse(numbers[1], CultureInfo.InvariantCulture, out var start)
            ? new ProcessIdentity(pid, start)
            : null;
    }

    /// <summary>Of a runner's job: whoever looks for its results finds what there is, and what is missing.</summary>
    private static void WriteReport(List<GuardOrder> orders)
    {
        if (orders.Exists(order => order.Word == GuardOrder.Await)
            && orders.FindLast(order => order.Word == GuardOrder.Spool) is { } spool
            && orders.FindLast(order => order.Word == GuardOrder.Output) is { } output)
        {
            try
            {
                _ = SpoolReport.Write(spool.Value, output.Value);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The recording itself is handed over next, or stays in the spool, where `status` shows it.
            }
        }
    }

    /// <summary>What cannot be copied stays in the spool, where <c>sallyport status</c> shows it.</summary>
    private static void HandOver(List<GuardOrder> orders)
    {
        string? Value(string word) => orders.FindLast(order => order.Word == word)?.Value;
        if (Value(GuardOrder.Spool) is { } spool && Value(GuardOrder.Output) is { } output
            && Value(GuardOrder.Owner) is { } owner)
        {
            var numbers = owner.Split(' ').Select(n => uint.Parse(n, CultureInfo.InvariantCulture)).ToArray();
            var account = new UserAccount(numbers[0], numbers[1], [.. numbers[2..]], owner, null, null);
            _ = RecordingHandover.TryCopy(spool, output, account, out _) && OwnPath.Remove(spool);
        }
    }

    private static string ReadToEnd(int descriptor)
    {
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        using var stream = new FileStream(handle, FileAccess.Read, 1);
        var text = new byte[MaximumBytes];
        return Encoding.UTF8.GetString(text, 0, stream.ReadAtLeast(text, text.Length, throwOnEndOfStream: false));
    }
}
