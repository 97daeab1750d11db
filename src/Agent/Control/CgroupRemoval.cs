using Microsoft.Win32.SafeHandles;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Control;

/// <summary>Removes a cgroup as soon as nobody is in it.</summary>
internal static unsafe class CgroupRemoval
{
    private const short Urgent = 2;

    /// <summary>
    /// cgroup.events signals a change of <c>populated</c> with POLLPRI (cgroups(7)). False when the time is over and
    /// somebody is still there.
    /// </summary>
    internal static bool WhenEmpty(Cgroup cgroup, TimeSpan patience)
    {
        var deadline = BootClock.NowNs() + (long)(patience.TotalMilliseconds * 1_000_000);
        var file = Path.Combine(cgroup.Folder, "cgroup.events");
        while (!cgroup.TryRemove())
        {
            var left = (deadline - BootClock.NowNs()) / 1_000_000;
            if (left <= 0 || ProcText.TryRead(file) is null)
            {
                return !Directory.Exists(cgroup.Folder);
            }

            using var events = File.OpenHandle(file);
            var descriptor = new Interop.Libc.PollDescriptor { Descriptor = OwnImage.Number(events), Events = Urgent };

            // At most a quarter of a second: a change between the look and the poll is not signalled.
            _ = Interop.Libc.poll(&descriptor, 1, (int)Math.Min(left, 250));
        }

        return true;
    }
}
