using Sallyport.Agent.Host;
using Sallyport.Agent.Kernel;

namespace Sallyport.Agent.Enforcement;

/// <summary>
/// Puts programs on a device's traffic: TCX links where the kernel has them (6.6; they go with their descriptor), else
/// clsact filters, which are removed by handle.
/// </summary>
/// <param name="keeper">Is told of each; null when nothing is to outlive this process.</param>
internal sealed unsafe class DevicePrograms(IAttachmentKeeper? keeper) : IDisposable
{
    private const int TcxIngress = 46;
    private const int TcxEgress = 47;
    private const int Ingress = 1;
    private const int Egress = 2;
    private const int Exists = -17;
    private const int NoDevice = -19;
    private const uint TcxLink = 11; // BPF_LINK_TYPE_TCX
    private const int InformationBytes = 256; // of struct bpf_link_info, with room for what later kernels add
    private const int DeviceOffset = 16; // of tcx.ifindex in it

    /// <summary>Where the machine's owner has filters of other kinds at the first ones.</summary>
    private const uint LatestPriority = 8;

    private readonly Dictionary<int, List<int>> links = [];

    // Of devices that are not in this network namespace any more; one that was moved carries its programs on.
    private readonly List<int> departed = [];
    private readonly List<TrafficFilter> filters = [];

    /// <summary>Gives null, or why it cannot be. Nothing leaves by a device that is gone by now.</summary>
    internal string? Attach(int device, int program, bool egress)
    {
        var link = Libbpf.bpf_link_create(program, device, egress ? TcxEgress : TcxIngress, 0);
        if (link >= 0)
        {
            if (!links.TryGetValue(device, out var its))
            {
                links[device] = its = [];
            }

            its.Add(link);
            return keeper?.TryKeep(link) ?? true ? null : "it would not outlive the agent: too many are held already";
        }

        if (link == NoDevice)
        {
            return null;
        }

        var hook = new TcHook { Size = (nuint)sizeof(TcHook), Device = device, Point = egress ? Egress : Ingress };
        var both = hook with { Point = Ingress | Egress };
        var made = Libbpf.bpf_tc_hook_create(&both);
        if (made == NoDevice)
        {
            return null;
        }

        if (made < 0 && made != Exists)
        {
            return $"no TCX link (errno {-link}) and no clsact (errno {-made})";
        }

        // Before all that anybody adds later: a filter that ends the packet's way with "pass" would leave ours unasked. Of one priority
        // there is one kind of filter.
        var options = default(TcOptions);
        var attached = 0;
        for (uint priority = 1; priority <= LatestPriority; priority++)
        {
            options = new TcOptions { Size = (nuint)sizeof(TcOptions), ProgramFd = program, Priority = priority };
            attached = Libbpf.bpf_tc_attach(&hook, &options);
            if (attached >= 0)
            {
                break;
            }
        }

        if (attached < 0)
        {
            return $"no TCX link (errno {-link}) and no tc filter (errno {-attached})";
        }

        var filter = new TrafficFilter(device, hook.Point, options.Handle, options.Priority, options.ProgramId);
        filters.Add(filter);
        keeper?.Keep(filter);
        return null;
    }

    /// <summary>
    /// A device went: to another network namespace, where its programs go on, or for good. Links that have no device any more are
    /// closed, whichever device they were of: a job makes and removes as many as it likes.
    /// </summary>
    internal void DeviceGone(int device)
    {
        if (links.Remove(device, out var its))
        {
            departed.AddRange(its);
        }

        _ = filters.RemoveAll(filter => filter.Device == device); // went with it; the index may be another device's next
        _ = departed.RemoveAll(TryForget);
    }

    private bool TryForget(int link)
    {
        var information = stackalloc byte[InformationBytes];
        new Span<byte>(information, InformationBytes).Clear();
        var bytes = (uint)InformationBytes;
        if (Libbpf.bpf_obj_get_info_by_fd(link, information, &bytes) != 0 || *(uint*)information != TcxLink
            || bytes < DeviceOffset + sizeof(uint) || *(uint*)(information + DeviceOffset) != 0)
        {
            return false;
        }

        keeper?.Forget(link);
        _ = Interop.Libc.close(link);
        return true;
    }

    public void Dispose()
    {
        foreach (var link in links.Values.SelectMany(its => its).Concat(departed))
        {
            _ = Interop.Libc.close(link);
        }

        foreach (var filter in filters)
        {
            _ = filter.TryRemove();
        }

        links.Clear();
        departed.Clear();
        filters.Clear();
    }
}
