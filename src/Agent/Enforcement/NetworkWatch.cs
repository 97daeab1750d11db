using Sallyport.Agent.Core.Decoding;
using Sallyport.Agent.Host;
using Sallyport.Agent.Host.Netlink;
using Sallyport.Agent.Kernel;

namespace Sallyport.Agent.Enforcement;

/// <summary>Follows devices and addresses of this namespace (rtnetlink(7)) on a thread of its own until it is disposed.</summary>
internal sealed unsafe class NetworkWatch : IDisposable
{
    private const uint Groups = 0x1 | 0x10 | 0x100; // RTMGRP_LINK, RTMGRP_IPV4_IFADDR, RTMGRP_IPV6_IFADDR
    private const int BufferBytes = 64 * 1024;
    private const int LookMilliseconds = 100;

    private readonly NetlinkSocket socket;
    private readonly Uplinks uplinks;
    private readonly KernelMap marks;
    private readonly Func<uint, bool> isOfJob;
    private readonly Func<NetworkDevice, bool> leadsToJob;
    private readonly CancellationTokenSource stop = new();
    private Thread? thread;

    /// <summary>Listens from here on; what came before <see cref="Begin"/> waits in the socket.</summary>
    /// <param name="kernel">Marks the job's devices by the task that asked (bpf/probes/change.bpf.c).</param>
    /// <param name="uplinks">Is told.</param>
    /// <param name="isOfJob">
    /// Whether a change that this netlink port asked for counts as the job's. A sender may choose its port: the marks decide as well.
    /// </param>
    /// <param name="leadsToJob">Whether a device that a container runtime may have made leads to a container of the job.</param>
    internal NetworkWatch(
        KernelObject kernel, Uplinks uplinks, Func<uint, bool> isOfJob, Func<NetworkDevice, bool> leadsToJob)
    {
        socket = new NetlinkSocket(NetlinkSocket.Route, Groups, kernel.Program("on_device_change"));
        marks = kernel.Map("job_devices");
        this.uplinks = uplinks;
        this.isOfJob = isOfJob;
        this.leadsToJob = leadsToJob;
    }

    internal void Begin()
    {
        thread = new Thread(Run) { Name = "network", IsBackground = true };
        thread.Start();
    }

    public void Dispose()
    {
        stop.Cancel();
        thread?.Join();
        socket.Dispose();
        stop.Dispose();
    }

    private void Run()
    {
        var buffer = new byte[BufferBytes];
        while (!stop.IsCancellationRequested)
        {
            var descriptor = new Interop.Libc.PollDescriptor { Descriptor = socket.Descriptor, Events = Native.POLLIN };
            if (Interop.Libc.poll(&descriptor, 1, LookMilliseconds) <= 0)
            {
                continue;
            }

            var reader = new NetlinkReader(buffer.AsSpan(0, socket.Receive(buffer)));
            while (reader.TryNext(out var type, out var body))
            {
                Take(type, reader.Port, body);
            }
        }
    }

    private void Take(ushort type, uint port, ReadOnlySpan<byte> body)
    {
        if (type is NetworkDevice.NewLink or NetworkDevice.DeleteLink && NetworkDevice.TryRead(body, out var device))
        {
            if (type == NetworkDevice.NewLink)
            {
                uplinks.DeviceChanged(device, IsOfJob(port, device.Index) || leadsToJob(device));
            }
            else if (device.Master == 0)
            {
                uplinks.DeviceGone(device);
                marks.Remove((uint)device.Index);
            }
        }
        else if (type is DeviceAddress.NewAddress or DeviceAddress.DeleteAddress && DeviceAddress.TryRead(body, out var address))
        {
            if (type == DeviceAddress.NewAddress)
            {
                uplinks.Learn(address, IsOfJob(port, address.Device));
            }
            else
            {
                uplinks.Forget(address);
            }
        }
    }

    private bool IsOfJob(uint port, int device) => isOfJob(port) || marks.TryGet<uint, uint>((uint)device, out _);
}
