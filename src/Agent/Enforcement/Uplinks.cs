using System.Collections.Immutable;
using System.Net;
using Sallyport.Agent.Host.Netlink;
using Sallyport.Agent.Kernel;

namespace Sallyport.Agent.Enforcement;

/// <summary>
/// Which device is what: an uplink, whose every packet has its last word there, the ports of a bridge among them; a bridge of
/// containers, whose networks are not egress; the host's end of a container, the job's or somebody else's. Called at the start
/// for what is there, then for each change; safe to call from any thread after the start.
/// </summary>
internal sealed class Uplinks : IDisposable
{
    private const string Marking = "on_container_ingress";
    private const uint Uplink = 1;
    private const uint Stub = 2;
    private const uint Port = 3;
    private const uint UplinkWithoutHeader = 4;
    private const uint OwnNetwork = 1;
    private const uint OwnAddress = 2;
    private const uint WasThere = 0;
    private const uint MadeByJob = 1;

    /// <summary>A job can make as many devices as it likes.</summary>
    private const int MostFailures = 8;

    private readonly Lock changing = new();
    private readonly KernelObject kernel;
    private readonly DevicePrograms programs;
    private readonly KernelMap own;
    private readonly Dictionary<int, NetworkDevice> devices = [];
    private readonly Dictionary<int, string> attached = [];
    private readonly HashSet<int> foreignBridges = [];
    private readonly HashSet<int> ownPairs = [];
    private readonly HashSet<int> marked = [];
    private long lateFailures;
    private bool hasBegun;

    internal Uplinks(KernelObject kernel)
    {
        this.kernel = kernel;
        programs = new DevicePrograms(kernel.Keeper);
        own = kernel.Map("own_networks");
    }

    /// <summary>Devices that carry no program, with the reason: the first <see cref="MostFailures"/>.</summary>
    internal ImmutableArray<string> Failures { get; private set; } = [];

    /// <summary>Of the devices that came after the start, how many carry no program. Read by any thread.</summary>
    internal long LateFailures => Interlocked.Read(ref lateFailures);

    internal void Begin(NetworkSnapshot snapshot, bool hasStub)
    {
        // Ports that a bridge has at the start are somebody else's containers: its network is egress like any other.
        foreignBridges.UnionWith(snapshot.Devices.Where(device => device.Master != 0).Select(device => device.Master));
        foreach (var device in snapshot.Devices)
        {
            devices[device.Index] = device;
            kernel.Map("devices").Set((uint)device.Index, WasThere);
            if (device.IsLoopback)
            {
                if (hasStub)
                {
                    Attach(device, ProbeSet.Loopback, null, Stub);
                }
            }
            else if (device.IsVeth && device.Master != 0 && !snapshot.Gateways.Contains(device.Master))
            {
                // Somebody else's container: no way out by itself, but it may be made one.
                Attach(device, "on_uplink_egress", null, Port);
            }
            else if (!device.IsBridge)
            {
                // Ports of a bridge that leads out, and of bonds, are its ways out: frames may be written to each.
                AttachUplink(device);
            }
        }

        foreach (var address in snapshot.Addresses)
        {
            Learn(address, isOfJob: false);
            if (foreignBridges.Contains(address.Device) && !snapshot.Gateways.Contains(address.Device))
            {
                _ = kernel.Map("port_networks").TrySet(Network(address.Address, FullLength(address)), 1u);
            }
        }

        hasBegun = true;
    }

    /// <summary>
    /// A device came or changed. New tunnels are uplinks; a veth leads to another namespace on this machine, and when the
    /// job or a container runtime that it uses made it, what comes out of it is the job's. So is what comes in by any other
    /// device that the job brought up (a tun has a program behind it): the kernel knows that by itself, and the mark that is
    /// set here stays on a packet that goes through a tunnel next.
    /// </summary>
    internal void DeviceChanged(NetworkDevice device, bool isOfJob)
    {
        lock (changing)
        {
            Change(device, isOfJob);
        }
    }

    private void Change(NetworkDevice device, bool isOfJob)
    {
        var isNew = devices.TryAdd(device.Index, device);
        devices[device.Index] = device;
        if (device.IsLoopback || device.IsBridge)
        {
            return;
        }

        var isMadeByJob = kernel.Map("devices").TryGet((uint)device.Index, out uint made) && made == MadeByJob;
        if (isMadeByJob && !device.IsVeth && marked.Add(device.Index)
            && programs.Attach(device.Index, kernel.Program(Marking), egress: false) is { } failure)
        {
            Fail(device, failure);
        }

        if (attached.ContainsKey(device.Index))
        {
            return;
        }

        if (device.IsVeth)
        {
            if (isOfJob || isMadeByJob)
            {
                AdoptPair(device);
            }
        }
        else if (isNew)
        {
            AttachUplink(device);
        }
    }

    /// <summary>
    /// Containers that were there at the start are the job's after all. What comes out of them is marked; their ports keep the
    /// last word, for the network of a bridge is no way out. A bridge that leads to nobody else is no egress any more.
    /// </summary>
    /// <param name="now">What is there.</param>
    /// <param name="namespaces">Numbers of their network namespaces.</param>
    internal void Adopt(NetworkSnapshot now, IReadOnlySet<int> namespaces)
    {
        lock (changing)
        {
            foreach (var device in now.Devices.Where(one =>
                one is { IsVeth: true, PeerNamespace: { } number } && namespaces.Contains(number)))
            {
                AdoptPair(device);
            }

            foreach (var bridge in foreignBridges.Where(bridge =>
                now.Devices.All(port => port.Master != bridge || ownPairs.Contains(port.Index))).ToList())
            {
                _ = foreignBridges.Remove(bridge);
            }

            foreach (var address in now.Addresses.Where(address => IsOwnNetwork(address.Device)))
            {
                Take(address, isOfJob: false);
            }
        }
    }

    internal void DeviceGone(NetworkDevice device)
    {
        lock (changing)
        {
            _ = devices.Remove(device.Index);
            _ = ownPairs.Remove(device.Index);
            _ = marked.Remove(device.Index);
            programs.DeviceGone(device.Index);
            if (attached.Remove(device.Index))
            {
                kernel.Map("uplinks").Remove((uint)device.Index);
            }
        }
    }

    /// <summary>The machine's own addresses, and the networks of bridges whose ports are all the job's.</summary>
    /// <param name="address">New, or there at the start.</param>
    /// <param name="isOfJob">
    /// The job gave it, or a container runtime that the job uses.
    /// </param>
    internal void Learn(DeviceAddress address, bool isOfJob)
    {
        lock (changing)
        {
            Take(address, isOfJob);
        }
    }

    private void Take(DeviceAddress address, bool isOfJob)
    {
        if (isOfJob && devices.TryGetValue(address.Device, out var device) && device.IsVeth
            && !attached.ContainsKey(device.Index))
        {
            AdoptPair(device);
        }

        // A full table (the job may add thousands) means refusal, as everywhere.
        _ = own.TrySet(Network(address.Address, 128), OwnAddress);
        if (IsOwnNetwork(address.Device))
        {
            _ = own.TrySet(Network(address.Address, FullLength(address)), OwnNetwork);
        }
    }

    internal void Forget(DeviceAddress address)
    {
        lock (changing)
        {
            own.Remove(Network(address.Address, 128));
            if (IsOwnNetwork(address.Device))
            {
                own.Remove(Network(address.Address, FullLength(address)));
            }
        }
    }

    public void Dispose() => programs.Dispose();

    /// <summary>Behind it are only namespaces of the job: what goes there does not leave.</summary>
    private bool IsOwnNetwork(int index) =>
        ownPairs.Contains(index)
        || (devices.TryGetValue(index, out var device) && device.IsBridge && !foreignBridges.Contains(index));

    private void AdoptPair(NetworkDevice device)
    {
        _ = ownPairs.Add(device.Index);
        Attach(device, null, Marking, 0);
    }

    private void AttachUplink(NetworkDevice device) =>
        Attach(device, "on_uplink_egress", "on_uplink_ingress", device.HasNoLinkHeader ? UplinkWithoutHeader : Uplink);

    /// <param name="device">Carries the programs from here on.</param>
    /// <param name="egress">Of what leaves by it; null for none.</param>
    /// <param name="ingress">Of what comes in by it; null for none.</param>
    /// <param name="kind">What the programs are to take it for; 0 where none of them asks.</param>
    private void Attach(NetworkDevice device, string? egress, string? ingress, uint kind)
    {
        var uplinks = kernel.Map("uplinks");
        // A program that knows nothing of its device takes it for one with a link header.
        var isFirst = kind == UplinkWithoutHeader;
        var failure = !isFirst || uplinks.TrySet((uint)device.Index, kind) ? null : "there are too many devices";
        failure ??= egress is null ? null : programs.Attach(device.Index, kernel.Program(egress), egress: true);
        failure ??= ingress is null ? null : programs.Attach(device.Index, kernel.Program(ingress), egress: false);
        if (failure is not null)
        {
            uplinks.Remove((uint)device.Index);
            Fail(device, failure);
            return;
        }

        attached[device.Index] = device.Name;
        if (!isFirst && kind != 0)
        {
            _ = uplinks.TrySet((uint)device.Index, kind);
        }
    }

    private void Fail(NetworkDevice device, string failure)
    {
        if (Failures.Length < MostFailures)
        {
            Failures = Failures.Add($"device {device.Name} carries no program: {failure}");
        }

        if (hasBegun)
        {
            _ = Interlocked.Increment(ref lateFailures);
        }
    }

    private static int FullLength(DeviceAddress address) =>
        address.PrefixLength + (address.Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? 96 : 0);

    private static AddressKey Network(IPAddress address, int length)
    {
        var key = new AddressKey { Prefix = (uint)length, Address = AddressValue.From(address) };
        Span<byte> bytes = key.Address;
        for (var bit = length; bit < 128; bit++)
        {
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        }

        return key;
    }
}
